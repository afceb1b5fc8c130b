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

    /// <summary>Nothing was appended: the idempotency key came earlier with other events.</summary>
    KeyReused,
}

/// <summary>The outcome of a publish, with the events' IDs or the broken rule.</summary>
/// <param name="Outcome">What became of it.</param>
/// <param name="Id">The event ID when published; of several events the first one's.</param>
/// <param name="Fault">The broken rule when rejected.</param>
public sealed record PublishResult(PublishOutcome Outcome, string? Id = null, EventFault? Fault = null)
{
    /// <summary>Whether the events are durable; then <see cref="Id"/> is the first one's event ID.</summary>
    [MemberNotNullWhen(true, nameof(Id))]
    public bool IsPublished => Outcome == PublishOutcome.Published;

    /// <summary>The events' IDs in their order when published, otherwise empty.</summary>
    public IReadOnlyList<string> Ids
    {
        get => field ?? (Id is null ? [] : [Id]);
        init;
    }

    /// <summary>Whether the events had been published earlier, under the same idempotency key, and were not published again.</summary>
    public bool IsRepeated { get; init; }

    /// <summary>Which of several events, counted from zero, breaks the rule when rejected.</summary>
    public int FaultIndex { get; init; }
}
