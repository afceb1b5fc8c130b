namespace Fonte.Client;

/// <summary>An event to publish.</summary>
/// <remarks>What the texts may contain is the hub's to say; the client refuses only what it cannot encode.</remarks>
public sealed class OutgoingEvent
{
    /// <summary>Gets the topics: the canonical one first, then alternates; at least one.</summary>
    public required IReadOnlyList<string> Topics { get; init; }

    /// <summary>Gets the data; empty by default. CR and CRLF reach subscribers as LF (WHATWG HTML, 9.2.5).</summary>
    public string Data { get; init; } = "";

    /// <summary>Gets the event ID; null, the default, lets the hub make one.</summary>
    /// <remarks>A hub's own ID is a position and always resumes exactly; one that a publisher uses twice does not.</remarks>
    public string? Id { get; init; }

    /// <summary>Gets the type; null, the default, is received as <c>message</c>.</summary>
    public string? Type { get; init; }

    /// <summary>Gets the reconnection time to tell to subscribers; null, the default, tells none.</summary>
    /// <remarks>Sent in whole milliseconds, a fraction is dropped; not negative.</remarks>
    public TimeSpan? ReconnectionTime { get; init; }

    /// <summary>Gets whether only subscribers that are authorized for its topics receive it; false by default.</summary>
    public bool Private { get; init; }

    /// <summary>
    /// Gets the publication's own name; null, the default, gives it none. Of publications with the same key the hub publishes the first and
    /// answers the others with its event ID, so one whose answer was lost may be repeated safely.
    /// </summary>
    /// <remarks>
    /// 1 to 255 printable ASCII characters, unique among the publisher's publications, such as a UUID
    /// (draft-ietf-httpapi-idempotency-key-header). A Fonte hub knows it as long as it keeps the event, at most 24 hours.
    /// </remarks>
    public string? IdempotencyKey { get; init; }
}
