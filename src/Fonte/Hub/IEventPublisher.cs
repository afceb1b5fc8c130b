namespace Fonte;

/// <summary>Takes events from code. The same rules hold as over HTTP.</summary>
public interface IEventPublisher
{
    /// <summary>Publishes events, and completes when they are durable or known not to be. Thread-safe.</summary>
    /// <param name="request">The events; nothing of it may change afterwards.</param>
    /// <param name="cancellationToken">Gives up before the events are queued for the log; afterwards they can no longer be called back.</param>
    /// <returns>The outcome, the same for all of the events; what a caller can expect to go wrong is a value, not an exception.</returns>
    /// <exception cref="ArgumentException">There is no event, or the idempotency key is empty or too long.</exception>
    /// <exception cref="InvalidOperationException">The hub is not started.</exception>
    ValueTask<PublishResult> PublishAsync(PublishRequest request, CancellationToken cancellationToken = default);
}

/// <summary>Shorter ways to publish.</summary>
public static class EventPublisherExtensions
{
    /// <summary>Publishes one event.</summary>
    public static ValueTask<PublishResult> PublishAsync(this IEventPublisher publisher, EventDraft draft, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(publisher);
        return publisher.PublishAsync(PublishRequest.Of(draft), cancellationToken);
    }

    /// <summary>Publishes an unnamed, public event of one topic.</summary>
    public static ValueTask<PublishResult> PublishAsync(this IEventPublisher publisher, string topic, string data, CancellationToken cancellationToken = default) =>
        publisher.PublishAsync(EventDraft.Create(topic, data), cancellationToken);
}
