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
    private readonly ConcurrentDictionary<(MatcherType Type, string Pattern), WeakReference<TopicMatcher>> _known = new();
    private int _untilSweep = SweepEvery;

    /// <summary>The hub's URL.</summary>
    internal HubUrl Hub => hub;

    /// <summary>The matcher of a pattern, or a sentence that says what is wrong with it.</summary>
    /// <param name="pattern">The pattern.</param>
    internal (TopicMatcher? Matcher, string? Fault) Of(string pattern)
    {
        if (pattern == TopicMatcher.Wildcard.Pattern) return (TopicMatcher.Wildcard, null);
        return Known(MatcherType.UrlPattern, pattern, () =>
        {
            var expression = UrlPattern.ParseReference(pattern, hub.Text);
            return expression.Groups <= MostGroups ? TopicMatcher.OfPattern(pattern, new(expression, hub)) : throw new UrlPatternException($"Give at most {MostGroups} groups and wildcards in one pattern.");
        });
    }

    /// <summary>The matcher of a topic selector of Mercure 0.x, or a sentence that says what is wrong with it.</summary>
    /// <param name="selector">The selector: clean text, not empty.</param>
    internal (TopicMatcher? Matcher, string? Fault) OfSelector(string selector) =>
        selector.Contains('{') ? Known(MatcherType.UriTemplate, selector, () => TopicMatcher.OfSelector(TopicMatcher.Exact(selector))) : (TopicMatcher.Exact(selector), null);

    private (TopicMatcher? Matcher, string? Fault) Known(MatcherType type, string pattern, Func<TopicMatcher> make)
    {
        if (_known.TryGetValue((type, pattern), out var known) && known.TryGetTarget(out var matcher)) return (matcher, null);
        try
        {
            matcher = make();
        }
        catch (UrlPatternException exception)
        {
            return (null, exception.Message);
        }
        _known[(type, pattern)] = new(matcher);
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
