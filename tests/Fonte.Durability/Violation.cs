namespace Fonte.Durability;

internal enum ViolationKind
{
    /// <summary>Acknowledged or delivered to others, and never received.</summary>
    Lost,

    /// <summary>Received again, on a connection or across a reconnection; or one published event as two.</summary>
    Twice,

    OutOfOrder,

    /// <summary>The hub told that something was skipped, or did not accept a cursor of its own.</summary>
    Gap,

    /// <summary>Not what was published under that ID.</summary>
    Content,

    /// <summary>Received, but refused to its publisher or never published.</summary>
    Ghost,

    /// <summary>An event ID that is no position, or that stands for two events.</summary>
    Identity,
}

/// <summary>One way in which the records contradict the invariants.</summary>
internal sealed record Violation(ViolationKind Kind, string Sentence);
