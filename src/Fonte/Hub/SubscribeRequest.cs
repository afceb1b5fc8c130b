namespace Fonte;

/// <summary>What a subscriber wants and may have. Fixed for the life of its stream.</summary>
internal sealed class SubscribeRequest
{
    /// <summary>What it wants: an event is sent when one of its topics matches one of these.</summary>
    internal required IReadOnlyList<TopicMatcher> Matchers { get; init; }

    /// <summary>Which private events it may have: those with a topic that one of these matches.</summary>
    internal IReadOnlyList<TopicMatcher> Grants { get; init; } = [];

    /// <summary>Whether a gap is told in band, by an event of type <c>fonte-gap</c>.</summary>
    internal bool TellGaps { get; init; } = true;
}
