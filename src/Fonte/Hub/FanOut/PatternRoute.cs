namespace Fonte;

/// <summary>The subscriptions with the same pattern.</summary>
internal sealed class PatternRoute(TopicMatcher matcher, long version) : RouteList
{
    /// <summary>The pattern; null when the last subscriber has left, so that what still knows this place does not hold it.</summary>
    internal TopicMatcher? Matcher { get; set; } = matcher;

    /// <summary>When it was added, in additions.</summary>
    internal long Version { get; } = version;

    /// <summary>What a topic must hold for the pattern to match, and under which it is found; or null.</summary>
    internal string? Token { get; set; }

    /// <summary>Whether a topic is compared as it is written, and not as a URL.</summary>
    internal bool IsTemplate { get; } = matcher.Template is not null;

    /// <summary>The number of the look in which it was seen last.</summary>
    internal long Seen { get; set; }
}
