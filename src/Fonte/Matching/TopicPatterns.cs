using System.Collections.Concurrent;
using Fonte.Programs;
using Fonte.UrlPatterns;

namespace Fonte;

/// <summary>Makes the matchers of a hub's patterns: each pattern is compiled once, however many use it at a time. Thread-safe.</summary>
/// <remarks>A matcher is known here for as long as somebody uses it; every minute those that nobody uses are forgotten.</remarks>
internal sealed class TopicPatterns : IDisposable
{
    // What is alive at a time while a topic is compared follows these, and not the pattern's length (CWE-400).
    private const int MostGroups = 32;
    private static readonly TimeSpan SweepInterval = TimeSpan.FromMinutes(1);
    private readonly ConcurrentDictionary<(MatcherType Type, string Pattern), WeakReference<TopicMatcher>> _known = new();
    private readonly ITimer _sweeps;

    /// <param name="hub">The hub's URL.</param>
    /// <param name="time">The clock; the system's by default.</param>
    internal TopicPatterns(HubUrl hub, TimeProvider? time = null)
    {
        Hub = hub;
        _sweeps = (time ?? TimeProvider.System).CreateTimer(_ => Sweep(), null, SweepInterval, SweepInterval);
    }

    /// <summary>The hub's URL.</summary>
    internal HubUrl Hub { get; }

    /// <summary>How many are known.</summary>
    internal int Count => _known.Count;

    /// <summary>Ends the sweeps.</summary>
    public void Dispose() => _sweeps.Dispose();

    /// <summary>The matcher of a pattern, or a sentence that says what is wrong with it.</summary>
    /// <param name="pattern">The pattern.</param>
    internal (TopicMatcher? Matcher, string? Fault) Of(string pattern)
    {
        if (pattern == TopicMatcher.Wildcard.Pattern) return (TopicMatcher.Wildcard, null);
        return Known(MatcherType.UrlPattern, pattern, () =>
        {
            var expression = UrlPattern.ParseReference(pattern, Hub.Text);
            return expression.Groups <= MostGroups ? TopicMatcher.OfPattern(pattern, new(expression, Hub)) : throw new PatternException($"Give at most {MostGroups} groups and wildcards in one pattern.");
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
        catch (PatternException exception)
        {
            return (null, exception.Message);
        }
        _known[(type, pattern)] = new(matcher);
        return (matcher, null);
    }

    private void Sweep()
    {
        foreach (var pair in _known)
        {
            if (!pair.Value.TryGetTarget(out _)) _known.TryRemove(pair);
        }
    }
}
