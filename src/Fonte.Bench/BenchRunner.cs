using System.Diagnostics;
using System.Globalization;

namespace Fonte.Bench;

/// <summary>Runs load against a server on this machine and accounts for every event.</summary>
public static class BenchRunner
{
    private static readonly TimeSpan LongestDrain = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan LongestStartPause = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan LongestEndPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);

    /// <summary>Opens the subscribers, publishes or listens, drains, writes the report and returns it.</summary>
    /// <param name="options">What to do.</param>
    /// <param name="output">Where the report goes and, unless it is JSON, the progress before it.</param>
    /// <param name="cancellationToken">Ends the run without a report.</param>
    /// <returns>The report; <see cref="BenchReport.IsClean"/> is the run's verdict.</returns>
    /// <remarks>Bounded in time: connecting, the asked seconds and a drain of at most 60 s.</remarks>
    /// <exception cref="BenchException">An option is wrong, or the server does not do its part; the message is a sentence.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    public static async Task<BenchReport> RunAsync(BenchOptions options, TextWriter output, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(output);
        options.Validate();
        SocketBudget.Require(options.Subscribers + options.Lanes);
        var target = await BenchTarget.ResolveAsync(options, cancellationToken);
        var connectLimit = TimeSpan.FromSeconds(30 + (options.Subscribers / 250));
        var total = connectLimit + LongestStartPause + LongestEndPause + TimeSpan.FromSeconds(options.Seconds + options.SettleSeconds + 30) + (2 * LongestDrain);
        using var bounded = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        bounded.CancelAfter(total);
        try
        {
            var report = await RunAsync(options, target, connectLimit, options.Json ? TextWriter.Null : output, bounded.Token);
            await (options.Json ? BenchReportWriter.WriteJsonAsync(report, output) : BenchReportWriter.WriteTableAsync(report, output));
            return report;
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new BenchException(string.Create(CultureInfo.InvariantCulture,
                $"The run did not end within its limit of {total.TotalSeconds:N0} s."), exception);
        }
    }

    private static async Task<BenchReport> RunAsync(
        BenchOptions options, BenchTarget target, TimeSpan connectLimit, TextWriter progress, CancellationToken cancellationToken)
    {
        using var run = new BenchRun { IsCounting = options.Publishes };
        using var fleet = new SubscriberFleet(options, target, run);
        var connecting = Stopwatch.GetTimestamp();
        var meter = new ServerMeter(ServerProcesses.Find(options.ProcessId, target.EndPoints[0].Port));
        meter.Begin();
        var endPoint = await fleet.OpenFirstAsync(cancellationToken);
        await fleet.OpenOthersAsync(endPoint, connectLimit, cancellationToken);
        var connectTime = Stopwatch.GetElapsedTime(connecting);
        await SayAsync(progress,
            $"connected {fleet.Opened.Count():N0} of {options.Subscribers:N0} subscribers in {connectTime.TotalSeconds:0.0} s");

        if (options.SettleSeconds > 0)
        {
            await SayAsync(progress, $"idle for {options.SettleSeconds} s");
            await Task.Delay(TimeSpan.FromSeconds(options.SettleSeconds), cancellationToken);
        }

        meter.Connected();
        PublisherLane[] lanes = [.. Enumerable.Range(0, options.Lanes).Select(lane => new PublisherLane(options, target, target.PublishEndPoint(endPoint), lane))];
        var published = TimeSpan.Zero;
        TimeSpan duration;
        if (options.Publishes)
        {
            await SayAsync(progress, $"publishing {options.Rate:N0} events/s for {options.Seconds} s over {options.Lanes} connections");
            var start = Stopwatch.GetTimestamp();
            run.CountsLatencyFrom = start + (options.WarmUpSeconds * Stopwatch.Frequency);
            await using (Tell(options, fleet))
                await PublishAsync(lanes, start, options.Seconds, cancellationToken);
            published = Stopwatch.GetElapsedTime(start);
            if (lanes.All(lane => lane.Acknowledged == 0))
                throw new BenchException("The hub acknowledged no event.");
            duration = Stopwatch.GetElapsedTime(start, await DrainAsync(fleet, lanes, options, stalled: false, cancellationToken));
            meter.Delivered();
            if (options.Stalled > 0)
            {
                await SayAsync(progress, $"the {options.Stalled:N0} that were stalled read");
                fleet.ReleaseStalled();
                await DrainAsync(fleet, lanes, options, stalled: true, cancellationToken);
            }
        }
        else
        {
            await WaitForPauseAsync(fleet, LongestStartPause, afterEvent: true, cancellationToken);
            await SayAsync(progress, $"listening for {options.Seconds} s");
            var start = Stopwatch.GetTimestamp();
            run.IsCounting = true;
            await using (Tell(options, fleet))
                await Task.Delay(TimeSpan.FromSeconds(options.Seconds), cancellationToken);
            await WaitForPauseAsync(fleet, LongestEndPause, afterEvent: false, cancellationToken);
            run.IsCounting = false;
            duration = Stopwatch.GetElapsedTime(start);
            meter.Delivered();
        }

        run.IsEnding = true;
        await fleet.EndAsync();
        return BenchAccount.Report(options, fleet, lanes, run.AllLatencies(), (connectTime, published, duration), meter);
    }

    private static Timer? Tell(BenchOptions options, SubscriberFleet fleet)
    {
        if (options.Progress is not { } progress) return null;
        var start = Stopwatch.GetTimestamp();
        return new Timer(_ => progress.Report(new(Stopwatch.GetElapsedTime(start), TimeSpan.FromSeconds(options.Seconds), fleet.Received)), null, Look, Look);
    }

    private static async Task PublishAsync(PublisherLane[] lanes, long start, int seconds, CancellationToken cancellationToken)
    {
        using var anyFailed = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var end = start + (seconds * Stopwatch.Frequency);
        var running = lanes.Select(lane => lane.RunAsync(start, end, anyFailed.Token)).ToList();
        try
        {
            await foreach (var lane in Task.WhenEach(running).WithCancellation(cancellationToken))
                await lane;
        }
        catch
        {
            await anyFailed.CancelAsync();
            await Task.WhenAll(running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }
    }

    /// <summary>Waits until every subscriber has what was acknowledged for it, or nothing has come for the stall timeout.</summary>
    /// <returns>The timestamp of the last look that saw a new delivery.</returns>
    private static async Task<long> DrainAsync(
        SubscriberFleet fleet, PublisherLane[] lanes, BenchOptions options, bool stalled, CancellationToken cancellationToken)
    {
        var begun = Stopwatch.GetTimestamp();
        var last = begun;
        var received = fleet.Received;
        var acknowledged = BenchAccount.AcknowledgedPerTopic(lanes, options.Topics);
        // Events of unknown outcome may have come in the place of acknowledged ones, so the count alone does not end the drain.
        var leastQuiet = lanes.Any(lane => lane.Unknown > 0) ? TimeSpan.FromSeconds(1) : TimeSpan.Zero;
        while (Stopwatch.GetElapsedTime(begun) < LongestDrain && Stopwatch.GetElapsedTime(last) <
            (BenchAccount.AnyMissing(fleet, acknowledged, stalled) ? options.StallTimeout : leastQuiet))
        {
            await Task.Delay(Look, cancellationToken);
            var now = fleet.Received;
            if (now != received)
                last = Stopwatch.GetTimestamp();
            received = now;
        }

        return last;
    }

    /// <summary>Waits for a pause between events, at most the limit, so that a mark does not cut a fan-out in two.</summary>
    private static async Task WaitForPauseAsync(SubscriberFleet fleet, TimeSpan limit, bool afterEvent, CancellationToken cancellationToken)
    {
        var begun = Stopwatch.GetTimestamp();
        var before = fleet.Seen;
        var quietLooks = 0;
        while (Stopwatch.GetElapsedTime(begun) < limit && (afterEvent || quietLooks < 2))
        {
            await Task.Delay(Look, cancellationToken);
            var now = fleet.Seen;
            quietLooks = now == before ? quietLooks + 1 : 0;
            afterEvent &= now == before;
            before = now;
        }
    }

    private static Task SayAsync(TextWriter progress, FormattableString text) =>
        progress.WriteLineAsync(text.ToString(CultureInfo.InvariantCulture));
}
