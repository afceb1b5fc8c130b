namespace Fonte.Bench;

/// <summary>What one load run saw.</summary>
public sealed record BenchReport
{
    /// <summary>The URL the load went to.</summary>
    public required string Url { get; init; }

    /// <summary>How many subscribers were asked for.</summary>
    public required int Subscribers { get; init; }

    /// <summary>How many of them got an event stream.</summary>
    public required int Connected { get; init; }

    /// <summary>How many never got an event stream.</summary>
    public required int Failed { get; init; }

    /// <summary>How many event streams the server ended before the run did.</summary>
    public required int ClosedEarly { get; init; }

    /// <summary>Why the first failed subscriber failed.</summary>
    public string? FirstFailure { get; init; }

    /// <summary>How long connecting all subscribers took.</summary>
    public required TimeSpan ConnectTime { get; init; }

    /// <summary>The time over which deliveries are counted.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>What the run published; <see langword="null"/> when it only listened.</summary>
    public PublishSummary? Published { get; init; }

    /// <summary>Events received by all subscribers together.</summary>
    public required long Deliveries { get; init; }

    /// <summary>Time from just before an event was sent to the hub until a subscriber read it.</summary>
    /// <value><see langword="null"/> when the run only listened.</value>
    public LatencySummary? Latency { get; init; }

    /// <summary>Events received by each connected subscriber.</summary>
    public required CountSummary EventsPerSubscriber { get; init; }

    /// <summary>Acknowledged events that did not reach a subscriber whose event stream stayed open, summed over the subscribers.</summary>
    public required long Lost { get; init; }

    /// <summary>Events that reached the same subscriber again.</summary>
    public required long Twice { get; init; }

    /// <summary>Events that reached a subscriber after one that is behind them in the log.</summary>
    public required long OutOfOrder { get; init; }

    /// <summary>How often the hub told a subscriber that something was skipped (<c>fonte-gap</c>).</summary>
    public required long Gaps { get; init; }

    /// <summary>What the server used; <see langword="null"/> where the system does not tell.</summary>
    public ServerSummary? Server { get; init; }

    /// <summary>The server's processor time for each delivery in microseconds, publishing included; <see langword="null"/> where the system does not tell.</summary>
    public double? ServerMicrosecondsPerDelivery => Server is { } server && Deliveries > 0 ? server.Processor.TotalMicroseconds / Deliveries : null;

    /// <summary>Deliveries a second.</summary>
    public double DeliveriesPerSecond => Duration > TimeSpan.Zero ? Deliveries / Duration.TotalSeconds : 0;

    /// <summary>Whether nothing was lost, came twice, came out of order or was skipped.</summary>
    public bool DeliveredExactly => Lost == 0 && Twice == 0 && OutOfOrder == 0 && Gaps == 0;

    /// <summary>Whether <see cref="DeliveredExactly"/> holds and every event stream opened and stayed open.</summary>
    public bool IsClean => DeliveredExactly && Failed == 0 && ClosedEarly == 0;
}

/// <summary>What the server's processes used, and the load tool beside them.</summary>
/// <param name="Processor">The server's processor time, user and system, while the run published and delivered, or listened; in steps of 10 ms.</param>
/// <param name="LoadProcessor">The load tool's own in the same time.</param>
/// <param name="MemoryAtStart">The server's memory in bytes before the first subscriber (PSS).</param>
/// <param name="MemoryIdle">Its memory once all were connected and idle.</param>
/// <param name="MemoryAfter">Its memory once everything was delivered to those who read.</param>
/// <param name="BytesPerSubscriber">What each idle subscriber added.</param>
public sealed record ServerSummary(
    TimeSpan Processor, TimeSpan LoadProcessor, long MemoryAtStart, long MemoryIdle, long MemoryAfter, double BytesPerSubscriber);

/// <summary>What a run published.</summary>
/// <param name="Acknowledged">Events that the hub acknowledged.</param>
/// <param name="Refused">Events that the hub refused for the moment (429, 5xx) or that found no connection.</param>
/// <param name="Unknown">Events whose connection broke before an answer.</param>
/// <param name="PerSecond">Acknowledged events a second.</param>
/// <param name="Acknowledgement">Time from sending an event until its acknowledgement.</param>
public sealed record PublishSummary(long Acknowledged, long Refused, long Unknown, double PerSecond, LatencySummary Acknowledgement);

/// <summary>A distribution of durations.</summary>
/// <param name="Median">Half were no longer.</param>
/// <param name="Percentile99">99 of 100 were no longer.</param>
/// <param name="Maximum">The longest.</param>
public sealed record LatencySummary(TimeSpan Median, TimeSpan Percentile99, TimeSpan Maximum)
{
    internal static LatencySummary Of(LatencyHistogram histogram) => new(
        Duration(histogram.AtQuantile(0.5)), Duration(histogram.AtQuantile(0.99)), Duration(histogram.Maximum));

    private static TimeSpan Duration(long ticks) => System.Diagnostics.Stopwatch.GetElapsedTime(0, ticks);
}

/// <summary>A distribution of counts.</summary>
/// <param name="Minimum">The smallest.</param>
/// <param name="Median">The middle one; of an even number, the lower middle one.</param>
/// <param name="Maximum">The largest.</param>
public sealed record CountSummary(long Minimum, long Median, long Maximum)
{
    internal static CountSummary Of(IEnumerable<long> counts)
    {
        var sorted = counts.Order().ToArray();
        return sorted.Length == 0 ? new CountSummary(0, 0, 0) : new CountSummary(sorted[0], sorted[(sorted.Length - 1) / 2], sorted[^1]);
    }
}
