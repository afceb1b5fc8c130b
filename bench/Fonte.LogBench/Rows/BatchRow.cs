using System.Diagnostics;
using Fonte.Bench;

namespace Fonte.LogBench;

/// <summary>How many events a second come in over HTTP when a request holds many.</summary>
internal sealed class BatchRow : IRow
{
    private const int EventsPerRequest = 500;
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(3);

    public string Name => "batch";

    public string What => "CloudEvents batches of 500 over 4 connections, 1,000 random topics, every event its own ID";

    public async Task MeasureAsync(RowRun run, CancellationToken cancellationToken)
    {
        using var folder = new WorkFolder(run.Options, Name);
        await using var server = await HubServer.StartAsync(run.Options, folder.Path, cancellationToken);
        byte[][] topics = [.. Enumerable.Range(0, BenchEvents.Topics).Select(BenchEvents.TopicBytes)];
        var processor = new ProcessorMeter(server);
        processor.Start();
        var start = Stopwatch.GetTimestamp() + Ticks(WarmUp);
        var end = start + Ticks(run.Options.Duration(10));
        var connections = Enumerable.Range(0, run.Options.Publishers ?? 4).Select(connection =>
            Task.Run(() => PublishAsync(server, new CloudEventBatch(server.EndPoint, topics, EventsPerRequest, connection), start, end, cancellationToken)));
        var results = await Task.WhenAll(connections);

        var latency = new LatencyHistogram();
        foreach (var result in results) latency.Add(result.Latency);
        // From the first event on: the connections measure each for itself, with no moment that is the start of all.
        processor.Add(run, "an event", results.Sum(result => result.Events));
        run.Add("events acknowledged", latency.Count * EventsPerRequest / run.Options.Duration(10).TotalSeconds, "/s", Target.AtLeast(60_000, 120_000));
        run.Add("acknowledgement of a batch p50", latency.Milliseconds(0.5), "ms");
        run.Add("acknowledgement of a batch p99", latency.Milliseconds(0.99), "ms");
    }

    private static async Task<(LatencyHistogram Latency, long Events)> PublishAsync(HubServer server, CloudEventBatch batch, long start, long end, CancellationToken cancellationToken)
    {
        var latency = new LatencyHistogram();
        long events = 0;
        using var exchange = await HttpExchange.ConnectAsync(server.EndPoint, cancellationToken);
        while (true)
        {
            var sent = Stopwatch.GetTimestamp();
            var answer = await exchange.SendAsync(batch.Next(), cancellationToken);
            var now = Stopwatch.GetTimestamp();
            if (answer.Status != 200)
                throw new LogBenchException($"The server answers {answer.Status} to a batch: {answer.Body}");
            // An array of as many IDs, none of which holds a comma.
            if (answer.Body.AsSpan().Count(',') != EventsPerRequest - 1)
                throw new LogBenchException($"The server's answer to a batch of {EventsPerRequest} is not an array of as many IDs.");
            events += EventsPerRequest;
            if (now >= end) return (latency, events);
            if (now >= start) latency.Record(now - sent);
        }
    }

    private static long Ticks(TimeSpan time) => (long)(time.TotalSeconds * Stopwatch.Frequency);
}
