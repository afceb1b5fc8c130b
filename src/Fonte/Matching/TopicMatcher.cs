namespace Fonte;

/// <summary>How a topic matcher's expression is read (Mercure draft -08, "Matcher Types").</summary>
public enum MatcherType
{
    /// <summary>The topic equals the expression, byte for byte.</summary>
    Exact,

    /// <summary>The reserved matcher <c>*</c>: every topic.</summary>
    Wildcard,
}

/// <summary>An expression that selects topics.</summary>
public sealed record TopicMatcher
{
    private TopicMatcher(MatcherType type, string pattern) => (Type, Pattern) = (type, pattern);

    /// <summary>How the expression is read.</summary>
    public MatcherType Type { get; }

    /// <summary>The expression.</summary>
    public string Pattern { get; }

    /// <summary>The matcher of every topic.</summary>
    public static TopicMatcher Wildcard { get; } = new(MatcherType.Wildcard, "*");

    /// <summary>Makes the matcher of one topic; of every topic when it is <c>*</c>.</summary>
    /// <exception cref="ArgumentException">The topic is empty, holds control or format characters or is not valid Unicode.</exception>
    public static TopicMatcher Exact(string topic)
    {
        ArgumentException.ThrowIfNullOrEmpty(topic);
        if (!TextRules.IsClean(topic))
            throw new ArgumentException("A topic may not hold control or format characters.", nameof(topic));
        return topic is "*" ? Wildcard : new(MatcherType.Exact, topic);
    }

    /// <summary>Whether the matcher selects the topic.</summary>
    public bool Matches(string topic) => Type == MatcherType.Wildcard || string.Equals(Pattern, topic, StringComparison.Ordinal);

    /// <summary>Whether the matcher selects one of the topics.</summary>
    public bool MatchesAny(IReadOnlyList<string> topics)
    {
        if (Type == MatcherType.Wildcard) return true;
        for (var i = 0; i < topics.Count; i++)
        {
            if (Matches(topics[i])) return true;
        }
        return false;
    }
}
