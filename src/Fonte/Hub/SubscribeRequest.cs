namespace Fonte;

/// <summary>What a subscriber wants and may have. Fixed for the life of its stream.</summary>
internal sealed class SubscribeRequest
{
    /// <summary>What it wants: an event is sent when one of its topics matches one of these.</summary>
    internal required IReadOnlyList<TopicMatcher> Matchers
    {
        get => Topics.Matchers;
        init => Topics = TopicSelection.Of(value);
    }

    /// <summary>The same as a selection.</summary>
    internal TopicSelection Topics { get; private init; } = TopicSelection.All;

    /// <summary>Resumes after this event; <see langword="null"/> or empty for none. Wins over <see cref="Since"/>, because it came later.</summary>
    internal string? LastEventId { get; init; }

    /// <summary>Begins with the first event that was committed at this time or later, if there is no last event ID.</summary>
    internal DateTimeOffset? Since { get; init; }

    /// <summary>Which private events it may have: those with a topic that one of these matches.</summary>
    internal IReadOnlyList<TopicMatcher> Grants { get; init; } = [];

    /// <summary>When the stream must have ended, because what allows it ends then; <see langword="null"/> for never.</summary>
    internal DateTimeOffset? Expires { get; init; }

    /// <summary>Whose stream it is; <see langword="null"/> for nobody's.</summary>
    internal IStreamOwner? Owner { get; init; }

    /// <summary>Is told of the stream's beginning and end; <see langword="null"/> for nobody.</summary>
    internal ISubscriberTracker? Tracker { get; init; }

    /// <summary>How what it gets is written.</summary>
    internal StreamForm Form { get; init; }

    /// <summary>Ends the stream once it has seen everything and this long has passed, as a poll asks; <see langword="null"/> for a stream that goes on.</summary>
    internal TimeSpan? Wait { get; init; }

    /// <summary>Whether a gap is told in band, by an event of type <c>fonte-gap</c>.</summary>
    internal bool TellGaps { get; init; } = true;
}
