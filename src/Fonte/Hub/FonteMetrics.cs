using System.Diagnostics.Metrics;

namespace Fonte;

/// <summary>The hub's instruments, under the meter <c>Fonte</c>.</summary>
internal sealed class FonteMetrics
{
    internal const string MeterName = "Fonte";
    private readonly Meter _meter;
    private readonly UpDownCounter<long> _active;
    private readonly Histogram<double> _durations;
    private readonly Counter<long> _published;
    private readonly Counter<long> _delivered;
    private readonly Histogram<double> _lag;
    private readonly Counter<long> _resumed;
    private readonly Histogram<double> _appends;
    private readonly Counter<long> _failures;
    private readonly Counter<long> _setAside;
    private readonly Counter<long> _sent;
    private readonly Counter<long> _consumed;
    private readonly Histogram<double> _operations;
    private volatile IEventLog? _observed;
    private volatile HubTotals? _totals;

    internal FonteMetrics(IMeterFactory factory)
    {
        _meter = factory.Create(MeterName);
        _active = _meter.CreateUpDownCounter<long>("fonte.connection.active", "{connection}", "Open event streams");
        _durations = _meter.CreateHistogram("fonte.connection.duration", "s", "How long event streams lasted, by the reason of their end", advice: Buckets(1, 10, 60, 600, 3600, 21600, 86400));
        _published = _meter.CreateCounter<long>("fonte.event.published", "{event}", "Events handed in, by outcome");
        _delivered = _meter.CreateCounter<long>("fonte.event.delivered", "{event}", "Events written to subscribers");
        _lag = _meter.CreateHistogram("fonte.delivery.lag", "s", "From the commit of an event until it was written to all who wait for it; the oldest event of each batch", advice: Buckets(0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 10));
        _resumed = _meter.CreateCounter<long>("fonte.resume", "{resume}", "Streams that asked for a cursor, by outcome");
        _appends = _meter.CreateHistogram("fonte.log.append.duration", "s", "From handing a publish request to the log until it is durable", advice: Buckets(0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 10));
        _setAside = _meter.CreateCounter<long>("fonte.replica.set_aside", "{record}", "Records of a broker's log that are no events and were set aside");
        // OpenTelemetry, "Semantic conventions for messaging clients".
        _sent = _meter.CreateCounter<long>("messaging.client.sent.messages", "{message}", "Records that a broker has confirmed");
        _consumed = _meter.CreateCounter<long>("messaging.client.consumed.messages", "{message}", "Records of a broker's log that are in the replica");
        _operations = _meter.CreateHistogram("messaging.client.operation.duration", "s", "From handing records to the broker until all are confirmed", advice: Buckets(0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 10));
        _failures = _meter.CreateCounter<long>("fonte.loop.failures", "{failure}", "Failures of background loops");
    }

    /// <summary>Counts from now on also where it can be read back; for who shows the hub.</summary>
    internal HubTotals Watch() => _totals ??= new();

    /// <summary>Makes the log's size a gauge; of the one that is served last.</summary>
    internal void Observe(IEventLog log)
    {
        var isFirst = _observed is null;
        _observed = log;
        if (isFirst) _meter.CreateObservableGauge("fonte.log.size", () => _observed.SizeBytes, "By", "What the log takes, on the disk or in memory");
    }

    /// <summary>Makes the replica's lag a gauge.</summary>
    internal void ObserveLag(Func<double> lag) => _meter.CreateObservableGauge("fonte.replica.lag", lag, "s", "How long what is appended to the broker's log takes to come back");

    internal void SetAside() => _setAside.Add(1);

    internal void Sent(string system, int records, TimeSpan duration)
    {
        KeyValuePair<string, object?> of = new("messaging.system", system), name = new("messaging.operation.name", "send");
        _sent.Add(records, of, name);
        _operations.Record(duration.TotalSeconds, of, name);
    }

    internal void Consumed(string system, int records) => _consumed.Add(records, new KeyValuePair<string, object?>("messaging.system", system), new KeyValuePair<string, object?>("messaging.operation.name", "poll"));

    internal void Opened() => _active.Add(1);

    internal void Closed(DisconnectReason reason, TimeSpan duration)
    {
        _active.Add(-1);
        _totals?.Closed(reason);
        _durations.Record(duration.TotalSeconds, new KeyValuePair<string, object?>("reason", reason.ToString()));
    }

    internal void Published(PublishOutcome outcome, int events)
    {
        _published.Add(events, new KeyValuePair<string, object?>("outcome", outcome.ToString()));
        if (outcome == PublishOutcome.Published) _totals?.Published(events);
    }

    internal void Appended(TimeSpan duration) => _appends.Record(duration.TotalSeconds);

    internal void Delivered(long events)
    {
        _delivered.Add(events);
        _totals?.Delivered(events);
    }

    /// <summary>A batch of events is written whose oldest was committed at this time.</summary>
    internal void Flushed(long committedMicroseconds, TimeProvider time)
    {
        var totals = _totals;
        if (!_lag.Enabled && totals is null) return;
        var lag = Math.Max(0, time.GetUnixMicroseconds() - committedMicroseconds);
        _lag.Record(lag / 1e6);
        totals?.Flushed(lag);
    }

    internal void Resumed(ResumePoint point)
    {
        if (point.LastEventId is null) return;
        _resumed.Add(1, new KeyValuePair<string, object?>("outcome", point.Gap is { } gap ? gap.Reason.ToWireName() : "complete"));
    }

    internal void LoopFailed(string loop) => _failures.Add(1, new KeyValuePair<string, object?>("loop", loop));

    private static InstrumentAdvice<double> Buckets(params double[] boundaries) => new() { HistogramBucketBoundaries = boundaries };
}
