namespace Fonte.LogBench;

/// <summary>Publishing from code against the bare SQLite loop.</summary>
internal sealed class CodeRow : IRow
{
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(2);

    public string Name => "code";

    public string What => "IEventPublisher without subscribers, 1,000 random topics, against a bare SQLite loop in equal batches, in turn";

    public async Task MeasureAsync(RowRun run, CancellationToken cancellationToken)
    {
        await MeasureAsync(run, 1, run.Options.Publishers ?? 1_024, cancellationToken);
        await MeasureAsync(run, 100, run.Options.Publishers ?? 16, cancellationToken);
    }

    private async Task MeasureAsync(RowRun run, int eventsPerRequest, int publishers, CancellationToken cancellationToken)
    {
        var names = BenchEvents.TopicNames(BenchEvents.Topics);
        byte[][] bytes = [.. Enumerable.Range(0, BenchEvents.Topics).Select(BenchEvents.TopicBytes)];
        var rounds = new List<(double Ours, double Bare, double Batch)>();
        for (var round = 0; round < run.Options.Repeat; round++)
        {
            using var ours = new WorkFolder(run.Options, Name);
            var load = new CodeLoad(ours.Path, random => names[random.Next(names.Length)], publishers, eventsPerRequest);
            var result = await load.RunAsync(WarmUp, run.Options.Duration(5), cancellationToken);
            // The floor writes batches as large as ours really were on average.
            var batch = Math.Max(1, (int)Math.Round((double)result.Events / CommitCount.Of(ours.Path)));
            using var floor = new WorkFolder(run.Options, Name);
            var bare = BareSqlite.Measure(floor.Path, bytes, batch, WarmUp, run.Options.Duration(5));
            rounds.Add((result.EventsPerSecond, bare, batch));
        }

        var of = eventsPerRequest == 1 ? "1 event" : $"{eventsPerRequest} events";
        run.Add($"requests of {of}: ours", Statistics.Median(rounds.Select(round => round.Ours)), "events/s");
        run.Add($"requests of {of}: bare SQLite", Statistics.Median(rounds.Select(round => round.Bare)), "events/s");
        run.Add($"requests of {of}: events a commit", Statistics.Median(rounds.Select(round => round.Batch)), "");
        run.Add($"requests of {of}: ours to bare", Statistics.Median(rounds.Select(round => round.Ours / round.Bare)), "x", Target.AtLeast(0.5, 0.8));
    }
}
