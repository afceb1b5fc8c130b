namespace Fonte.Bench;

/// <summary>What all subscribers of one run share.</summary>
internal sealed class BenchRun : IDisposable
{
    private readonly ThreadLocal<LatencyHistogram> _latency = new(() => new LatencyHistogram(), trackAllValues: true);
    private volatile bool _isCounting;
    private volatile bool _isEnding;

    /// <summary>Whether events count: a run that only listens counts those between its start and its end mark.</summary>
    public bool IsCounting { get => _isCounting; set => _isCounting = value; }

    /// <summary>Whether the run itself is closing the connections now.</summary>
    public bool IsEnding { get => _isEnding; set => _isEnding = value; }

    /// <summary>Latencies count of events that were sent at this time or later.</summary>
    public long CountsLatencyFrom { get; set; }

    /// <summary>The histogram of the current thread: no two deliveries wait for each other to be counted.</summary>
    public LatencyHistogram Latency => _latency.Value!;

    /// <summary>Everything recorded so far; call it when nobody records any more.</summary>
    public LatencyHistogram AllLatencies()
    {
        var all = new LatencyHistogram();
        foreach (var part in _latency.Values)
            all.Add(part);
        return all;
    }

    public void Dispose() => _latency.Dispose();
}
