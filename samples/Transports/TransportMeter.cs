using System.Collections.Concurrent;

namespace Fonte.Samples.Transports;

/// <summary>The costs of the pages that are open. A page names itself and the way in the parameter <c>meter</c>, such as <c>k3v9.sse</c>, which the hub does not look at.</summary>
internal sealed class TransportMeter(TimeProvider time)
{
    private const int MostPages = 100;
    private static readonly string[] Ways = ["polling", "longpolling", "sse", "websocket"];
    private static readonly TimeSpan ForgottenAfter = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan WatchedFor = TimeSpan.FromSeconds(5);
    private readonly ConcurrentDictionary<string, Page> _pages = new();
    private long _lookedAt = time.GetTimestamp() - (long)(WatchedFor.TotalSeconds * time.TimestampFrequency);

    /// <summary>Whether somebody looks: for nobody nothing is published.</summary>
    public bool IsWatched => time.GetElapsedTime(Interlocked.Read(ref _lookedAt)) < WatchedFor;

    /// <summary>Where to count a request until it is disposed; null for one that is not to be counted.</summary>
    public MeteredRequest? Begin(string? meter)
    {
        if (meter is null || meter.IndexOf('.', StringComparison.Ordinal) is not (> 0 and var dot)) return null;
        return _pages.TryGetValue(meter[..dot], out var page) && page.Costs.TryGetValue(meter[(dot + 1)..], out var cost) ? new(page, cost) : null;
    }

    /// <summary>The costs of a page, by way; null when there are too many pages. A page that has not asked for a while and has nothing open is forgotten.</summary>
    public IReadOnlyDictionary<string, TransportCost>? CostsOf(string session)
    {
        var now = time.GetTimestamp();
        Interlocked.Exchange(ref _lookedAt, now);
        foreach (var (name, other) in _pages)
        {
            if (name != session && other.Open == 0 && time.GetElapsedTime(other.AskedAt, now) > ForgottenAfter) _pages.TryRemove(name, out _);
        }

        if (!_pages.ContainsKey(session) && _pages.Count >= MostPages) return null;
        var page = _pages.GetOrAdd(session, _ => new Page());
        page.AskedAt = now;
        return page.Costs;
    }

    /// <summary>A request that is under way.</summary>
    internal sealed class MeteredRequest : IDisposable
    {
        private readonly Page _page;

        public MeteredRequest(Page page, TransportCost cost)
        {
            (_page, Cost) = (page, cost);
            Interlocked.Increment(ref page.Open);
        }

        public TransportCost Cost { get; }

        public void Dispose() => Interlocked.Decrement(ref _page.Open);
    }

    internal sealed class Page
    {
        public int Open;

        public Dictionary<string, TransportCost> Costs { get; } = Ways.ToDictionary(way => way, _ => new TransportCost());

        public long AskedAt { get; set; }
    }
}
