namespace Fonte.LogBench;

/// <summary>How many publishes over HTTP are acknowledged.</summary>
internal sealed class HttpRow : IRow
{
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(3);

    public string Name => "http";

    public string What => "256 publishers keep-alive, one event a request, 1,000 random topics";

    public async Task MeasureAsync(RowRun run, CancellationToken cancellationToken)
    {
        using var folder = new WorkFolder(run.Options, Name);
        await using var server = await HubServer.StartAsync(run.Options, folder.Path, cancellationToken);
        byte[][] topics = [.. Enumerable.Range(0, BenchEvents.Topics).Select(BenchEvents.TopicBytes)];
        var processor = new ProcessorMeter(server);
        using var load = new PublishLoad(server.EndPoint, topics, run.Options.Publishers ?? 256, seed: 1) { OnMeasuring = processor.Start };
        var result = await load.RunAsync(WarmUp, run.Options.Duration(10), cancellationToken);
        processor.Add(run, "a publish", result.Acknowledged);
        run.Add("acknowledged publishes", result.PerSecond, "/s", Target.AtLeast(15_000, 25_000));
        run.Add("acknowledgement p50", result.Latency.Milliseconds(0.5), "ms");
        run.Add("acknowledgement p99", result.Latency.Milliseconds(0.99), "ms");
        run.Add("acknowledgement p99.9", result.Latency.Milliseconds(0.999), "ms");
        if (result.Refused > 0)
            run.Note($"{result.Refused:N0} answers were 503");
    }
}
