using System.Diagnostics.CodeAnalysis;

namespace Fonte;

/// <summary>What became of a publish. One list for code, HTTP and metric tags.</summary>
public enum PublishOutcome
{
    /// <summary>The event is durable, and will be delivered.</summary>
    Published,

    /// <summary>The event breaks a rule; nothing was appended.</summary>
    Rejected,

    /// <summary>Nothing was appended: too much waits to be committed. Try again later.</summary>
    Overloaded,

    /// <summary>Nothing was appended: the log cannot be written now. Try again later.</summary>
    Unavailable,

    /// <summary>It is not known whether the event was appended.</summary>
    OutcomeUnknown,
}

/// <summary>The outcome of a publish, with the event's ID or the broken rule.</summary>
/// <param name="Outcome">What became of it.</param>
/// <param name="Id">The event ID when published.</param>
/// <param name="Fault">The broken rule when rejected.</param>
public sealed record PublishResult(PublishOutcome Outcome, string? Id = null, EventFault? Fault = null)
{
    /// <summary>Whether the event is durable; then <see cref="Id"/> is its event ID.</summary>
    [MemberNotNullWhen(true, nameof(Id))]
    public bool IsPublished => Outcome == PublishOutcome.Published;
}
