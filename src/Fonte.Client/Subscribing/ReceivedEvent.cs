namespace Fonte.Client;

/// <summary>One event as it came in the event stream.</summary>
/// <param name="Id">
/// The last event ID as of this event (WHATWG HTML, 9.2.6, <c>lastEventId</c>): its own ID, or the one before it when it brings none;
/// empty when the stream has told none yet. Subscribing with it resumes after this event.
/// </param>
/// <param name="Type">The type; <c>message</c> when the event has none.</param>
/// <param name="Data">The data, with its lines separated by LF whatever the publisher used.</param>
public sealed record ReceivedEvent(string Id, string Type, string Data)
{
    /// <summary>The type of the event by which the hub tells that events were missed.</summary>
    public const string GapType = "fonte-gap";

    /// <summary>Gets whether the hub tells here that what came after the last event ID is no longer retained.</summary>
    /// <remarks>
    /// Such an event comes through like any other, with the type <see cref="GapType"/> and the data
    /// <c>{"reason":…,"from":…,"oldest":…}</c>: why, the position asked for, and the oldest position kept,
    /// from which the stream goes on.
    /// Whoever ignores it loses events without noticing. No publisher may use this type on a Fonte hub.
    /// </remarks>
    public bool IsGap => Type == GapType;

    /// <summary>Gets what the hub says of the gap; null when this is none.</summary>
    public Gap? Gap => IsGap ? Client.Gap.Parse(Data) : null;

    /// <summary>Gets whether this is no event, but only how far the hub has come: <see cref="Id"/> moves, and there is nothing else.</summary>
    public bool IsPosition => ReferenceEquals(Type, PositionType);

    // A publisher may not use controls in a type, and the reference is this one.
    internal static readonly string PositionType = new('\u0001', 1);
}
