using Fonte.UrlPatterns;

namespace Fonte;

/// <summary>Bounds what the regular expressions in patterns take together: each takes half a megabyte, and strangers write them (CWE-770). Thread-safe.</summary>
/// <remarks>Given back by the finalizer: matchers are shared by streams, grants and caches, none of which knows when the last of them goes.</remarks>
internal sealed class RegexBudget(long maxBytes, TimeProvider time)
{
    // Who was refused may be refused because of others' garbage; but must not be able to have it collected all the time.
    private static readonly TimeSpan CollectionInterval = TimeSpan.FromSeconds(10);
    private long _bytes;
    private long _collectedAt;

    /// <summary>Takes what the pattern needs, or returns <see langword="null"/> when it is not there.</summary>
    internal object? TryTake(UrlPattern pattern)
    {
        var bytes = pattern.RegexBytes;
        if (bytes == 0) return this;
        if (!TryAdd(bytes) && !(TryCollect() && TryAdd(bytes))) return null;
        return new Share(this, bytes);
    }

    private bool TryAdd(int bytes)
    {
        if (Interlocked.Add(ref _bytes, bytes) <= maxBytes) return true;
        Interlocked.Add(ref _bytes, -bytes);
        return false;
    }

    private bool TryCollect()
    {
        var before = Interlocked.Read(ref _collectedAt);
        var now = time.GetTimestamp();
        if (before != 0 && time.GetElapsedTime(before, now) < CollectionInterval) return false;
        if (Interlocked.CompareExchange(ref _collectedAt, now, before) != before) return false;
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return true;
    }

    private sealed class Share(RegexBudget budget, int bytes)
    {
        ~Share() => Interlocked.Add(ref budget._bytes, -bytes);
    }
}
