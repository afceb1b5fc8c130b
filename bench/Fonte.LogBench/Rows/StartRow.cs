namespace Fonte.LogBench;

/// <summary>How soon the server serves again after <c>kill -9</c>, on a big log.</summary>
internal sealed class StartRow : IRow
{
    private static readonly TimeSpan PublishFor = TimeSpan.FromSeconds(1);

    public string Name => "start";

    public string What => "kill -9 while publishing to the big log, then from the start of the process until /readyz answers 200";

    public async Task MeasureAsync(RowRun run, CancellationToken cancellationToken)
    {
        var big = await BigLog.OpenAsync(run, run.Options.Events ?? 10_000_000, cancellationToken);
        using var empty = new WorkFolder(run.Options, Name);
        var (seconds, floor, wal) = (new List<double>(), new List<double>(), 0L);
        for (var round = 0; round < Math.Max(run.Options.Repeat, 3); round++)
        {
            wal = Math.Max(wal, await KillAsync(run, big.Folder, cancellationToken));
            seconds.Add(await StartAsync(run, big.Folder, cancellationToken));
            floor.Add(await StartAsync(run, empty.Path, cancellationToken));
        }

        run.Add("write-ahead log left by the kill", wal / 1e6, "MB");
        run.Add("ready on an empty log, median", Statistics.Median(floor), "s");
        run.Add("ready on the big log, median", Statistics.Median(seconds), "s");
        run.Add("ready on the big log, longest", seconds.Max(), "s", Target.AtMost(3, 1));
    }

    /// <summary>Publishes, kills the server while it does, and returns how long the write-ahead log is.</summary>
    private static async Task<long> KillAsync(RowRun run, string folder, CancellationToken cancellationToken)
    {
        await using var server = await HubServer.StartAsync(run.Options, folder, cancellationToken);
        using var load = new PublishLoad(server.EndPoint, ["after-the-kill"u8.ToArray()], publishers: 64, seed: 1);
        await load.RunAsync(TimeSpan.Zero, PublishFor, cancellationToken);
        await server.KillAsync();
        return new FileInfo(Path.Combine(folder, "fonte.db-wal")) is { Exists: true } wal ? wal.Length : 0;
    }

    private static async Task<double> StartAsync(RowRun run, string folder, CancellationToken cancellationToken)
    {
        await using var server = await HubServer.StartAsync(run.Options, folder, cancellationToken);
        await server.StopAsync();
        return server.TimeToReady.TotalSeconds;
    }
}
