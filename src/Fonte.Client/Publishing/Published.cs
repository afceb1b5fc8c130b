namespace Fonte.Client;

/// <summary>What became of one of many events.</summary>
/// <param name="Event">The event.</param>
/// <param name="Id">Its event ID; null when it was not published.</param>
/// <param name="Error">Why it was not, or may not have been; null when it was published.</param>
public sealed record Published(OutgoingEvent Event, string? Id, FonteClientException? Error)
{
    /// <summary>Gets the event ID.</summary>
    /// <exception cref="FonteClientException">The event was not published.</exception>
    public string IdOrThrow() => Id ?? throw Error!;
}
