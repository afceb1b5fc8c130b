using System.Numerics;

namespace Fonte;

/// <summary>What has happened in the hub since somebody wanted to know, to be read back: instruments cannot be. Thread-safe.</summary>
internal sealed class HubTotals
{
    private readonly long[] _closed = new long[Enum.GetValues<DisconnectReason>().Length];
    // Four to each power of two, so that the end of a step is at most a quarter above a value in it: up to 2^39 µs, six days.
    private readonly long[] _lags = new long[4 * 38];
    private long _published;
    private long _delivered;

    /// <summary>Events that are published.</summary>
    internal long PublishedEvents => Interlocked.Read(ref _published);

    /// <summary>Events that were written to subscribers.</summary>
    internal long DeliveredEvents => Interlocked.Read(ref _delivered);

    /// <summary>Which process and hub counts: who compares two answers must know.</summary>
    internal string Run { get; } = Guid.NewGuid().ToString("N");

    /// <summary>How many batches of events took how long from the commit of their oldest event until they were written: below so many microseconds, and not below the step before.</summary>
    internal IEnumerable<(long BelowMicroseconds, long Batches)> Lags
    {
        get
        {
            for (var step = 0; step < _lags.Length; step++)
            {
                if (Interlocked.Read(ref _lags[step]) is > 0 and var batches) yield return (LowestOf(step + 1), batches);
            }
        }
    }

    /// <summary>How many event streams have ended for this reason.</summary>
    internal long Ended(DisconnectReason reason) => Interlocked.Read(ref _closed[(int)reason]);

    internal void Published(int events) => Interlocked.Add(ref _published, events);

    internal void Delivered(long events) => Interlocked.Add(ref _delivered, events);

    internal void Flushed(long lagMicroseconds) => Interlocked.Increment(ref _lags[Math.Min(StepOf(lagMicroseconds), _lags.Length - 1)]);

    internal void Closed(DisconnectReason reason) => Interlocked.Increment(ref _closed[(int)reason]);

    // The power of two below it, and the two bits behind: 4, 5, 6, 7, 8, 10, 12, 14, 16, 20, … begin a step each.
    private static int StepOf(long value)
    {
        if (value < 4) return (int)value;
        var power = BitOperations.Log2((ulong)value);
        return (4 * (power - 1)) + (int)((value >> (power - 2)) & 3);
    }

    private static long LowestOf(int step) => step < 4 ? step : (4L + (step & 3)) << ((step >> 2) - 1);
}
