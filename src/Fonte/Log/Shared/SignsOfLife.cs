using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;

namespace Fonte;

/// <summary>When the hubs of a shared log were last heard of, by this one's clock. Thread-safe.</summary>
/// <remarks>
/// Other hubs' clocks may be wrong, so that none is asked. Whoever is gone is known only while the log can be read: who reads nothing hears of nobody.
/// </remarks>
/// <param name="lease">How long a hub counts as there without a sign.</param>
/// <param name="time">The clock.</param>
internal sealed class SignsOfLife(TimeSpan lease, TimeProvider time)
{
    internal const int TagLength = 12;

    private readonly ConcurrentDictionary<string, long> _heard = new(StringComparer.Ordinal);
    private long? _listeningSince;

    /// <summary>A hub's name as it is told: twelve hexadecimal digits.</summary>
    internal static string TagOf(string node) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(node)).AsSpan(0, TagLength / 2));

    /// <summary>The hubs that were heard of, each with how long it has been silent.</summary>
    internal IReadOnlyList<(string Tag, TimeSpan Silent)> All => [.. _heard.Select(pair => (pair.Key, time.GetElapsedTime(pair.Value))).OrderBy(pair => pair.Key, StringComparer.Ordinal)];

    internal void Heard(string node) => _heard[TagOf(node)] = time.GetTimestamp();

    /// <summary>From now on, unless already, everything is heard as it is said.</summary>
    internal void Listens()
    {
        lock (_heard) _listeningSince ??= time.GetTimestamp();
    }

    /// <summary>The log cannot be read: silence says nothing.</summary>
    internal void IsDeaf()
    {
        lock (_heard) _listeningSince = null;
    }

    /// <summary>Whether a hub has been silent for a lease, in which it would have been heard.</summary>
    internal bool IsGone(string tag)
    {
        lock (_heard)
        {
            if (_listeningSince is not { } since || time.GetElapsedTime(since) < lease) return false;
        }
        if (!_heard.TryGetValue(tag, out var at)) return true;
        if (time.GetElapsedTime(at) < lease) return false;
        _heard.TryRemove(new(tag, at));
        return true;
    }
}
