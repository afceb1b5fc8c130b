namespace Fonte.Durability;

internal enum PublishOutcome
{
    /// <summary>The connection broke before an answer, or the hub said that it does not know: the event may be in the log.</summary>
    Unknown,

    /// <summary>The hub answered 200 with the event's ID.</summary>
    Acknowledged,

    /// <summary>The hub answered that the event is not in the log.</summary>
    Refused,

    /// <summary>The hub answered something else.</summary>
    Unexplained,
}

/// <summary>One attempt to publish; a key is used for one attempt only.</summary>
internal sealed record PublishAttempt(string Key, string Digest, PublishOutcome Outcome, string Id = "");

internal enum DeliveryKind
{
    /// <summary>A connection begins; the ID is the cursor it sends, or <c>earliest</c>.</summary>
    Open,

    /// <summary>The response field <c>Mercure-Last-Event-ID</c>.</summary>
    Answered,

    /// <summary>A block with an ID and no data.</summary>
    Position,

    Event,

    /// <summary>An event of type <c>fonte-gap</c>.</summary>
    Gap,
}

/// <summary>One thing that a subscriber saw.</summary>
internal readonly record struct DeliveryRecord(DeliveryKind Kind, string Id, string Key = "", string Digest = "", GapData? Gap = null);

/// <summary>Everything that one subscriber saw over all its connections, in order.</summary>
internal sealed record SubscriberHistory(string Name, IReadOnlyList<DeliveryRecord> Records);
