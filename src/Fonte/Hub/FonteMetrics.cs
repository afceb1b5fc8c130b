using System.Diagnostics.Metrics;

namespace Fonte;

/// <summary>The hub's instruments, under the meter <c>Fonte</c>.</summary>
internal sealed class FonteMetrics
{
    internal const string MeterName = "Fonte";
    private readonly UpDownCounter<long> _active;
    private readonly Counter<long> _published;
    private readonly Counter<long> _delivered;
    private readonly Counter<long> _resumed;
    private readonly Counter<long> _failures;

    internal FonteMetrics(IMeterFactory factory)
    {
        var meter = factory.Create(MeterName);
        _active = meter.CreateUpDownCounter<long>("fonte.connection.active", "{connection}", "Open event streams");
        _published = meter.CreateCounter<long>("fonte.event.published", "{event}", "Events handed in, by outcome");
        _delivered = meter.CreateCounter<long>("fonte.event.delivered", "{event}", "Events written to subscribers");
        _resumed = meter.CreateCounter<long>("fonte.resume", "{resume}", "Streams that asked for a cursor, by outcome");
        _failures = meter.CreateCounter<long>("fonte.loop.failures", "{failure}", "Failures of background loops");
    }

    internal void Opened() => _active.Add(1);

    internal void Closed() => _active.Add(-1);

    internal void Published(PublishOutcome outcome, int events) => _published.Add(events, new KeyValuePair<string, object?>("outcome", outcome.ToString()));

    internal void Delivered(long events)
    {
        if (events > 0) _delivered.Add(events);
    }

    internal void Resumed(ResumePoint point)
    {
        if (point.LastEventId is null) return;
        _resumed.Add(1, new KeyValuePair<string, object?>("outcome", point.Gap is { } gap ? gap.Reason.ToWireName() : "complete"));
    }

    internal void LoopFailed(string loop) => _failures.Add(1, new KeyValuePair<string, object?>("loop", loop));
}
