namespace Fonte.Bench;

/// <summary>Compares what was acknowledged with what each subscriber received.</summary>
internal static class BenchAccount
{
    public static long[] AcknowledgedPerTopic(PublisherLane[] lanes, int topics)
    {
        var acknowledged = new long[topics];
        foreach (var lane in lanes)
            lane.AddAcknowledged(acknowledged);
        return acknowledged;
    }

    public static bool AnyMissing(SubscriberFleet fleet, long[] acknowledged, bool stalled) =>
        fleet.Opened.Any(subscriber => subscriber.IsStalled == stalled && !subscriber.ClosedEarly && subscriber.Received < acknowledged[subscriber.Topic]);

    public static BenchReport Report(
        BenchOptions options,
        SubscriberFleet fleet,
        PublisherLane[] lanes,
        LatencyHistogram latencies,
        (TimeSpan Connecting, TimeSpan Publishing, TimeSpan Measuring) times,
        ServerMeter meter)
    {
        Subscriber[] opened = [.. fleet.Opened];
        return new BenchReport
        {
            Url = options.Url,
            Subscribers = options.Subscribers,
            Connected = opened.Length,
            Failed = fleet.Failed,
            FirstFailure = fleet.FirstFailure,
            ClosedEarly = opened.Count(subscriber => subscriber.ClosedEarly),
            ConnectTime = times.Connecting,
            Duration = times.Measuring,
            Published = options.Publishes ? Published(lanes, times.Publishing) : null,
            Latency = options.Publishes ? LatencySummary.Of(latencies) : null,
            Deliveries = opened.Sum(subscriber => subscriber.Received),
            EventsPerSubscriber = CountSummary.Of(opened.Select(subscriber => subscriber.Received)),
            Lost = opened.Where(subscriber => !subscriber.ClosedEarly).Sum(subscriber => Lost(subscriber, lanes)),
            Twice = opened.Sum(subscriber => (subscriber.Tracker?.Twice ?? 0) + subscriber.OffsetsRepeated),
            OutOfOrder = opened.Sum(subscriber => (subscriber.Tracker?.OutOfOrder ?? 0) + subscriber.OffsetsBack),
            Gaps = opened.Sum(subscriber => subscriber.Gaps),
            Server = meter.Summary(opened.Length),
        };
    }

    private static long Lost(Subscriber subscriber, PublisherLane[] lanes)
    {
        if (subscriber.Tracker is not { } tracker)
            return 0;
        var topic = subscriber.Topic;
        var lost = tracker.Forgotten;
        for (var lane = 0; lane < lanes.Length; lane++)
        {
            var current = lanes[lane];
            lost += tracker.MissingOf(lane, current.SentTo(topic), sequence => current.IsExcused(topic, sequence));
        }

        return lost;
    }

    private static PublishSummary Published(PublisherLane[] lanes, TimeSpan duration)
    {
        var acknowledgement = new LatencyHistogram();
        foreach (var lane in lanes)
            acknowledgement.Add(lane.Acknowledgement);
        var acknowledged = lanes.Sum(lane => lane.Acknowledged);
        return new PublishSummary(
            acknowledged,
            lanes.Sum(lane => lane.Refused),
            lanes.Sum(lane => lane.Unknown),
            acknowledged / Math.Max(duration.TotalSeconds, 0.001),
            LatencySummary.Of(acknowledgement));
    }
}
