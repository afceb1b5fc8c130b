namespace Fonte;

/// <summary>The topics that a reader wants: those that one of its matchers selects. Immutable.</summary>
public sealed class TopicSelection
{
    /// <summary>Makes the selection of these matchers; of every topic when the wildcard is among them.</summary>
    /// <exception cref="ArgumentException">There is no matcher.</exception>
    public TopicSelection(IReadOnlyList<TopicMatcher> matchers)
    {
        ArgumentNullException.ThrowIfNull(matchers);
        if (matchers.Count == 0) throw new ArgumentException("Give at least one matcher.", nameof(matchers));
        IsAll = HasWildcard(matchers);
        IsExact = !IsAll && matchers.All(matcher => matcher.Type == MatcherType.Exact);
        if (IsAll) Matchers = [TopicMatcher.Wildcard];
        else if (matchers.Count == 1) Matchers = new[] { matchers[0] };
        else Matchers = matchers.Distinct().OrderBy(matcher => matcher.Pattern, StringComparer.Ordinal).ToArray();
    }

    /// <summary>Every topic.</summary>
    public static TopicSelection All { get; } = new([TopicMatcher.Wildcard]);

    /// <summary>The matchers, each once, in the order of their patterns.</summary>
    public IReadOnlyList<TopicMatcher> Matchers { get; }

    /// <summary>Whether every topic is selected.</summary>
    public bool IsAll { get; }

    /// <summary>Whether a topic index can look all of them up: there is no pattern among them.</summary>
    internal bool IsExact { get; }

    /// <summary>Equal for selections of the same matchers.</summary>
    /// <remarks>Made when it is first asked for: most streams never replay. LF stands in no pattern, so different selections have different keys.</remarks>
    internal string Key => field ??= string.Join('\n', Matchers.Select(matcher => $"{(int)matcher.Type}{matcher.Pattern}"));

    /// <summary>The selection of these matchers, shared where it is of every topic.</summary>
    internal static TopicSelection Of(IReadOnlyList<TopicMatcher> matchers) => HasWildcard(matchers) ? All : new(matchers);

    /// <summary>Whether an event of these topics is selected.</summary>
    public bool Matches(IReadOnlyList<string> topics)
    {
        ArgumentNullException.ThrowIfNull(topics);
        if (IsAll) return true;
        for (var i = 0; i < Matchers.Count; i++)
        {
            if (Matchers[i].MatchesAny(topics)) return true;
        }
        return false;
    }

    private static bool HasWildcard(IReadOnlyList<TopicMatcher> matchers)
    {
        for (var i = 0; i < matchers.Count; i++)
        {
            if (matchers[i].Type == MatcherType.Wildcard) return true;
        }
        return false;
    }
}
