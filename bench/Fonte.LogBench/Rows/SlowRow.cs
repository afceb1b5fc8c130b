namespace Fonte.LogBench;

/// <summary>What slow subscribers cost the server in memory.</summary>
internal sealed class SlowRow : IRow
{
    private const int Subscribers = 100;
    private const int BytesPerSecond = 64 * 1024;
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(500);

    public string Name => "slow";

    public string What => "100 subscribers that read 64 KiB/s each replay the big log, each from another place";

    public async Task MeasureAsync(RowRun run, CancellationToken cancellationToken)
    {
        var log = await BigLog.OpenAsync(run, run.Options.Events ?? 10_000_000, cancellationToken);
        var cursors = await CursorsAsync(log);
        await using var server = await HubServer.StartAsync(run.Options, log.Folder, cancellationToken);
        run.Add("memory before the subscribers (PSS)", ProcessFigures.ProportionalMegabytes(server.ProcessId), "MB");
        var readers = new ThrottledReaders(server.EndPoint, cursors, BytesPerSecond);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        ending.CancelAfter(run.Options.Duration(60));
        double largest;
        await using (var memory = new Sampler(Look, () => ProcessFigures.ProportionalMegabytes(server.ProcessId)))
        {
            await readers.RunAsync(ending.Token);
            largest = memory.Maximum;
        }

        cancellationToken.ThrowIfCancellationRequested();
        run.Add("peak memory (VmHWM)", ProcessFigures.PeakMegabytes(server.ProcessId), "MB", Target.AtMost(200, 120));
        run.Add("memory, largest seen (PSS)", largest, "MB");
        run.Add("read by each subscriber", readers.Bytes / 1024.0 / Subscribers / run.Options.Duration(60).TotalSeconds, "KiB/s");
        await server.StopAsync();
        if (readers.Gaps > 0)
            throw new LogBenchException($"{readers.Gaps:N0} gaps were told in a log that keeps everything.");
    }

    // Everywhere in the log, because those that read the same place share what is cached of it.
    private static async Task<string[]> CursorsAsync(BigLog big)
    {
        await using var log = big.OpenLog();
        return [.. Enumerable.Range(0, Subscribers).Select(index => index == 0 ? EventRules.Earliest : log.Identity.At(big.Events * index / Subscribers).ToString())];
    }
}
