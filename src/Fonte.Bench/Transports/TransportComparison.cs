using System.Diagnostics;

namespace Fonte.Bench;

/// <summary>The same events to the same number of clients by polling, long polling, event streams and WebSockets, one after the other.</summary>
public static class TransportComparison
{
    private const int LongPollSeconds = 25;
    private const int OpenedAtATime = 100;
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);

    /// <summary>Runs all four and writes their table.</summary>
    /// <param name="options">The hub, subscribers, rate, size and seconds; the others do not count.</param>
    /// <param name="pollInterval">How often plain polling asks.</param>
    /// <param name="output">Where progress and the table go.</param>
    /// <param name="cancellationToken">Stops the run.</param>
    /// <exception cref="BenchException">An option is wrong, or the server does not do its part; the message is a sentence.</exception>
    public static async Task<TransportComparisonReport> RunAsync(BenchOptions options, TimeSpan pollInterval, TextWriter output, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(output);
        options.Validate();
        if (options.Rate is < 1 or > 49) throw new BenchException("--compare-transports publishes over one connection: --rate must be from 1 to 49.");
        SocketBudget.Require(options.Subscribers + 1);
        var target = await BenchTarget.ResolveAsync(options, cancellationToken);
        if (target.IsSecure) throw new BenchException("--compare-transports counts bytes of plain HTTP: give an http:// URL.");
        var reports = new List<TransportReport>();
        foreach (var (name, make) in Ways(options, target, pollInterval))
        {
            await output.WriteLineAsync($"{name}: {options.Subscribers} clients, {options.Seconds} s");
            reports.Add(await MeasureAsync(name, make, options, target, cancellationToken));
        }

        var report = new TransportComparisonReport(options.Subscribers, options.Rate, pollInterval, reports);
        await output.WriteLineAsync();
        await TransportReportWriter.WriteAsync(report, output);
        return report;
    }

    private static IEnumerable<(string Name, Func<BenchRun, int, TransportClient> Make)> Ways(BenchOptions options, BenchTarget target, TimeSpan interval)
    {
        var topic = target.TopicName(0);
        yield return ("polling", (run, index) => new PollClient(run, target, topic, interval, 0, interval * ((index + 0.5) / options.Subscribers)));
        yield return ("long polling", (run, _) => new PollClient(run, target, topic, TimeSpan.Zero, LongPollSeconds, TimeSpan.Zero));
        yield return ("SSE", (run, _) => new EventStreamClient(run, target, topic));
        yield return ("WebSocket", (run, _) => new WebSocketClient(run, target, topic));
    }

    private static async Task<TransportReport> MeasureAsync(
        string name, Func<BenchRun, int, TransportClient> make, BenchOptions options, BenchTarget target, CancellationToken cancellationToken)
    {
        using var run = new BenchRun();
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var clients = Enumerable.Range(0, options.Subscribers).Select(index => make(run, index)).ToList();
        var running = new List<Task>();
        try
        {
            var endPoint = target.EndPoints[0];
            foreach (var some in clients.Chunk(OpenedAtATime))
            {
                running.AddRange(some.Select(client => client.RunAsync(endPoint, ending.Token)));
                await WaitAsync(() => some.All(client => client.IsOpen), clients, options.OpenTimeout, cancellationToken);
            }

            var meter = new ServerMeter(ServerProcesses.Find(options.ProcessId, endPoint.Port));
            foreach (var client in clients) client.BeginCounting();
            meter.Connected();
            var lane = new PublisherLane(options, target, target.PublishEndPoint(endPoint), lane: 0);
            var start = Stopwatch.GetTimestamp();
            await lane.RunAsync(start, start + (options.Seconds * Stopwatch.Frequency), cancellationToken);
            // The last second counts as the others do, and what polls have not asked for yet is waited for.
            var rest = TimeSpan.FromSeconds(options.Seconds) - Stopwatch.GetElapsedTime(start);
            if (rest > TimeSpan.Zero) await Task.Delay(rest, cancellationToken);
            meter.Delivered();
            var report = Report(name, clients, meter, Stopwatch.GetElapsedTime(start));
            await WaitAsync(() => clients.All(client => Missing(client, lane) == 0), clients, options.StallTimeout, cancellationToken, mayFail: true);
            await ending.CancelAsync();
            await Task.WhenAll(running);
            return report with { Lost = clients.Sum(client => Missing(client, lane)), Twice = clients.Sum(client => client.Tracker.Twice), Latency = LatencySummary.Of(run.AllLatencies()) };
        }
        finally
        {
            await ending.CancelAsync();
            await Task.WhenAll(running);
            foreach (var client in clients) client.Dispose();
        }
    }

    private static TransportReport Report(string name, List<TransportClient> clients, ServerMeter meter, TimeSpan duration) => new(
        name, duration, clients.Sum(client => client.Requests), clients.Sum(client => client.BytesUp), clients.Sum(client => client.BytesDown),
        clients.Sum(client => client.Received), 0, 0, new(default, default, default), meter.Summary(clients.Count)?.Processor);

    private static long Missing(TransportClient client, PublisherLane lane) => client.Tracker.MissingOf(0, lane.SentTo(0), sequence => lane.IsExcused(0, sequence));

    private static async Task WaitAsync(Func<bool> condition, List<TransportClient> clients, TimeSpan limit, CancellationToken cancellationToken, bool mayFail = false)
    {
        for (var begun = Stopwatch.GetTimestamp(); !condition(); await Task.Delay(Look, cancellationToken))
        {
            if (clients.Find(client => client.Failure is not null) is { } failed) throw new BenchException(failed.Failure!);
            if (Stopwatch.GetElapsedTime(begun) < limit) continue;
            if (mayFail) return;
            throw new BenchException("The server does not open all connections in time.");
        }
    }
}
