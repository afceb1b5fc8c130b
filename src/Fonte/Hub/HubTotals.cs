namespace Fonte;

/// <summary>What has happened in the hub since somebody wanted to know, to be read back: instruments cannot be. Thread-safe.</summary>
internal sealed class HubTotals
{
    private readonly long[] _closed = new long[Enum.GetValues<DisconnectReason>().Length];
    private long _published;
    private long _delivered;
    private long _batches;
    private long _lagMicroseconds;

    /// <summary>Events that are published.</summary>
    internal long PublishedEvents => Interlocked.Read(ref _published);

    /// <summary>Events that were written to subscribers.</summary>
    internal long DeliveredEvents => Interlocked.Read(ref _delivered);

    /// <summary>Batches of events that were written.</summary>
    internal long Batches => Interlocked.Read(ref _batches);

    /// <summary>From the commit of the oldest event of each batch until it was written, all added together.</summary>
    internal long LagMicroseconds => Interlocked.Read(ref _lagMicroseconds);

    /// <summary>How many event streams have ended for this reason.</summary>
    internal long Ended(DisconnectReason reason) => Interlocked.Read(ref _closed[(int)reason]);

    internal void Published(int events) => Interlocked.Add(ref _published, events);

    internal void Delivered(long events) => Interlocked.Add(ref _delivered, events);

    internal void Flushed(long lagMicroseconds)
    {
        Interlocked.Increment(ref _batches);
        Interlocked.Add(ref _lagMicroseconds, lagMicroseconds);
    }

    internal void Closed(DisconnectReason reason) => Interlocked.Increment(ref _closed[(int)reason]);
}
