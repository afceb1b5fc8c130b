using System.Numerics;

namespace Fonte.Bench;

/// <summary>Counts of durations in buckets whose width grows with the value: bounded memory, error below 1 %.</summary>
/// <remarks>
/// Each power of two is split into 128 equal buckets; values below 256 have a bucket each. Not thread-safe.
/// </remarks>
internal sealed class LatencyHistogram
{
    private const int PrecisionBits = 7;
    private const int Linear = 1 << (PrecisionBits + 1);
    private readonly long[] _counts = new long[Linear + ((63 - PrecisionBits - 1) << PrecisionBits)];

    public long Count { get; private set; }

    /// <summary>The largest recorded value, exact.</summary>
    public long Maximum { get; private set; }

    public void Record(long value)
    {
        if (value < 0)
            value = 0;
        _counts[BucketOf(value)]++;
        Count++;
        if (value > Maximum)
            Maximum = value;
    }

    public void Add(LatencyHistogram other)
    {
        for (var bucket = 0; bucket < _counts.Length; bucket++)
            _counts[bucket] += other._counts[bucket];
        Count += other.Count;
        Maximum = Math.Max(Maximum, other.Maximum);
    }

    /// <summary>The smallest value that at least this share of the recorded values does not exceed, rounded up to its bucket's end.</summary>
    public long AtQuantile(double quantile)
    {
        if (Count == 0)
            return 0;
        var wanted = Math.Max(1, (long)Math.Ceiling(quantile * Count));
        long seen = 0;
        for (var bucket = 0; bucket < _counts.Length; bucket++)
        {
            seen += _counts[bucket];
            if (seen >= wanted)
                return Math.Min(LastValueOf(bucket), Maximum);
        }

        return Maximum;
    }

    private static int BucketOf(long value)
    {
        if (value < Linear)
            return (int)value;
        var shift = BitOperations.Log2((ulong)value) - PrecisionBits;
        return (shift << PrecisionBits) + (int)(value >> shift);
    }

    private static long LastValueOf(int bucket)
    {
        if (bucket < Linear)
            return bucket;
        var shift = (bucket >> PrecisionBits) - 1;
        var top = (bucket & ((1 << PrecisionBits) - 1)) + (1L << PrecisionBits);
        return (top << shift) + ((1L << shift) - 1);
    }
}
