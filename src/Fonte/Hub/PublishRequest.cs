namespace Fonte;

/// <summary>Events that are published together: they become durable all at once or not at all, side by side in the log.</summary>
/// <remarks>Once handed in, the request, its events and their data belong to the hub and must not change.</remarks>
public sealed class PublishRequest
{
    /// <summary>The events in their order; at least one.</summary>
    public required IReadOnlyList<EventDraft> Events { get; init; }

    /// <summary>
    /// Makes a repeated request harmless: while the log knows the key, the same events are not appended again, and the earlier IDs are
    /// answered. <see langword="null"/> for none.
    /// </summary>
    public IdempotencyKey? IdempotencyKey { get; init; }

    /// <summary>A request of one event, without a key.</summary>
    /// <exception cref="ArgumentNullException"><paramref name="draft"/> is null.</exception>
    public static PublishRequest Of(EventDraft draft)
    {
        ArgumentNullException.ThrowIfNull(draft);
        return new() { Events = [draft] };
    }
}
