using System.Collections.Concurrent;
using Fonte.UrlPatterns;

namespace Fonte;

/// <summary>Makes the matchers of a hub's patterns: each pattern is compiled once, however many use it at a time. Thread-safe.</summary>
/// <param name="hub">The hub's URL.</param>
internal sealed class TopicPatterns(HubUrl hub)
{
    // What is alive at a time while a topic is compared follows these, and not the pattern's length (CWE-400).
    private const int MostGroups = 32;
    private const int SweepEvery = 1024;
    private readonly ConcurrentDictionary<string, WeakReference<TopicMatcher>> _known = new(StringComparer.Ordinal);
    private int _untilSweep = SweepEvery;

    /// <summary>The hub's URL.</summary>
    internal HubUrl Hub => hub;

    /// <summary>The matcher of a pattern, or a sentence that says what is wrong with it.</summary>
    /// <param name="pattern">The pattern.</param>
    internal (TopicMatcher? Matcher, string? Fault) Of(string pattern)
    {
        if (pattern == TopicMatcher.Wildcard.Pattern) return (TopicMatcher.Wildcard, null);
        if (_known.TryGetValue(pattern, out var known) && known.TryGetTarget(out var matcher)) return (matcher, null);
        try
        {
            var expression = UrlPattern.ParseReference(pattern, hub.Text);
            if (expression.Groups > MostGroups) return (null, $"Give at most {MostGroups} groups and wildcards in one pattern.");
            matcher = TopicMatcher.OfPattern(pattern, new(expression, hub));
        }
        catch (UrlPatternException exception)
        {
            return (null, exception.Message);
        }
        _known[pattern] = new(matcher);
        Sweep();
        return (matcher, null);
    }

    private void Sweep()
    {
        if (Interlocked.Decrement(ref _untilSweep) > 0) return;
        foreach (var pair in _known)
        {
            if (!pair.Value.TryGetTarget(out _)) _known.TryRemove(pair);
        }
        Volatile.Write(ref _untilSweep, Math.Max(SweepEvery, _known.Count));
    }
}

/// <summary>A compiled pattern, and what it is matched against.</summary>
/// <param name="Expression">The pattern.</param>
/// <param name="Hub">Resolves topics.</param>
internal sealed record TopicPattern(UrlPattern Expression, HubUrl Hub)
{
    internal bool Matches(string topic) => Hub.Resolve(topic) is { } url && Expression.IsMatch(url);
}
