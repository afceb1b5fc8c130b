using System.Globalization;

namespace Fonte.LogBench;

/// <summary>Acknowledgements and the write-ahead log while many replay.</summary>
internal sealed class SteadyRow : IRow
{
    private const int Rate = 10_000;
    private const int Readers = 20;
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan BeginAnew = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan WalInterval = TimeSpan.FromMilliseconds(100);

    public string Name => "steady";

    public string What => "10,000 events/s while 20 readers replay from the beginning over and over";

    public async Task MeasureAsync(RowRun run, CancellationToken cancellationToken)
    {
        using var folder = new WorkFolder(run.Options, Name);
        await using var server = await HubServer.StartAsync(run.Options, folder.Path, cancellationToken);
        byte[][] topics = [.. Enumerable.Range(0, BenchEvents.Topics).Select(BenchEvents.TopicBytes)];
        using var load = new PublishLoad(server.EndPoint, topics, run.Options.Publishers ?? 256, seed: 1) { Rate = Rate };
        var readers = new ThrottledReaders(server.EndPoint, [.. Enumerable.Repeat("earliest", Readers)], run.Options.ReaderRate * 1024) { BeginAnew = BeginAnew };
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var reading = readers.RunAsync(ending.Token);
        await using var wal = new Sampler(WalInterval, () => Sampler.LengthOf(Path.Combine(folder.Path, "fonte.db-wal")));
        var seconds = run.Options.Duration(300);
        var before = readers.Events;
        var publishing = load.RunAsync(WarmUp, seconds, ending.Token);
        // A reader that fails ends the row, instead of the publishers measuring alone.
        await await Task.WhenAny(publishing, reading);
        var result = await publishing;
        var replayed = readers.Events - before;
        await ending.CancelAsync();
        await reading;

        run.Add("events acknowledged", result.PerSecond, "/s", Target.AtLeast(Rate * 0.99));
        run.Add("events replayed", replayed / (seconds + WarmUp).TotalSeconds, "/s");
        run.Add("acknowledgement p50", result.Latency.Milliseconds(0.5), "ms");
        run.Add("acknowledgement p99.9", result.Latency.Milliseconds(0.999), "ms", Target.AtMost(30, 10));
        run.Add("acknowledgement, longest", result.Latency.Milliseconds(1), "ms");
        run.Add("p99.9 with the wait for a free publisher", result.LatencyFromDue.Milliseconds(0.999), "ms");
        run.Add("write-ahead log, largest", wal.Maximum / 1e6, "MB", Target.AtMost(128));
        run.Add("server's peak memory", ProcessFigures.PeakMegabytes(server.ProcessId), "MB");
        run.Note(string.Create(CultureInfo.InvariantCulture, $"each reader at {run.Options.ReaderRate} KiB/s, anew after {BeginAnew.TotalSeconds} s; {result.Refused} answers were 503; {readers.Gaps} gaps told"));
    }
}
