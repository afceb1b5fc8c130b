using Microsoft.Data.Sqlite;

namespace Fonte.LogBench;

/// <summary>What publishers feel of retention.</summary>
internal sealed class RetentionRow : IRow
{
    private const int Rate = 10_000;
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(1);

    public string Name => "retention";

    public string What => "acknowledgements at 10,000 events/s on a log of 2,000,000 while retention deletes at full speed, against idle, in turn";

    public async Task MeasureAsync(RowRun run, CancellationToken cancellationToken)
    {
        var log = await BigLog.OpenAsync(run, run.Options.Events ?? 2_000_000, cancellationToken);
        var rounds = new List<(Round Idle, Round Deleting)>();
        for (var round = 0; round < run.Options.Repeat; round++)
        {
            rounds.Add((
                await MeasureAsync(run, log, [], cancellationToken),
                await MeasureAsync(run, log, ["--retention-max-events", "10000", "--retention-interval", "100ms"], cancellationToken)));
        }

        run.Add("idle: p99", Statistics.Median(rounds.Select(round => round.Idle.P99)), "ms");
        run.Add("deleting: p99", Statistics.Median(rounds.Select(round => round.Deleting.P99)), "ms");
        run.Add("deleting: p99.9", Statistics.Median(rounds.Select(round => round.Deleting.P999)), "ms");
        run.Add("deleting: events deleted", Statistics.Median(rounds.Select(round => round.Deleting.DeletedPerSecond)), "/s");
        run.Add("p99, deleting to idle", Statistics.Median(rounds.Select(round => round.Deleting.P99 / round.Idle.P99)), "x", Target.AtMost(2, 1.2));
        if (rounds.Any(round => round.Deleting.DeletedPerSecond <= 0 || round.Idle.DeletedPerSecond > 0))
            throw new LogBenchException("Retention did not delete where it should, or deleted where it should not.");
    }

    private async Task<Round> MeasureAsync(RowRun run, BigLog log, string[] retention, CancellationToken cancellationToken)
    {
        using var folder = new WorkFolder(run.Options, Name);
        Copy(log.Folder, folder.Path);
        await using var server = await HubServer.StartAsync(run.Options, folder.Path, cancellationToken, retention);
        byte[][] topics = [.. Enumerable.Range(0, BenchEvents.Topics).Select(BenchEvents.TopicBytes)];
        long oldest = 0;
        using var load = new PublishLoad(server.EndPoint, topics, run.Options.Publishers ?? 256, seed: 1)
        {
            Rate = Rate,
            OnMeasuring = () => oldest = OldestOf(folder.Path),
        };
        var result = await load.RunAsync(WarmUp, run.Options.Duration(10), cancellationToken);
        return new Round(result.Latency.Milliseconds(0.99), result.Latency.Milliseconds(0.999), (OldestOf(folder.Path) - oldest) / result.Elapsed.TotalSeconds);
    }

    // On the disk before the measuring begins, which otherwise would wait for it.
    private static void Copy(string from, string to)
    {
        foreach (var file in Directory.GetFiles(from))
        {
            var copy = Path.Combine(to, Path.GetFileName(file));
            File.Copy(file, copy);
            using var handle = File.OpenHandle(copy, FileMode.Open, FileAccess.ReadWrite);
            RandomAccess.FlushToDisk(handle);
        }
    }

    private static long OldestOf(string folder)
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(folder, "fonte.db")};Mode=ReadOnly;Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT coalesce(min(offset), 0) FROM event";
        return (long)command.ExecuteScalar()!;
    }

    private sealed record Round(double P99, double P999, double DeletedPerSecond);
}
