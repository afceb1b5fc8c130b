namespace Fonte;

/// <summary>Takes events from code. The same rules hold as over HTTP.</summary>
public interface IEventPublisher
{
    /// <summary>Publishes an event, and completes when it is durable or known not to be. Thread-safe.</summary>
    /// <param name="draft">The event; it must not change afterwards.</param>
    /// <param name="cancellationToken">Gives up before the event is queued for the log; afterwards it can no longer be called back.</param>
    /// <returns>The outcome; what a caller can expect to go wrong is a value, not an exception.</returns>
    /// <exception cref="InvalidOperationException">The hub is not started.</exception>
    ValueTask<PublishResult> PublishAsync(EventDraft draft, CancellationToken cancellationToken = default);
}

/// <summary>Shorter ways to publish.</summary>
public static class EventPublisherExtensions
{
    /// <summary>Publishes an unnamed, public event of one topic.</summary>
    public static ValueTask<PublishResult> PublishAsync(this IEventPublisher publisher, string topic, string data, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(publisher);
        return publisher.PublishAsync(EventDraft.Create(topic, data), cancellationToken);
    }
}
