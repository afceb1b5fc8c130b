namespace Fonte.Services;

/// <summary>Where a service's events go.</summary>
public interface IEventSender
{
    /// <summary>Sends events in their order, and completes when all are durable. Sent again after a failure, an event may come twice; whoever receives it knows it by source and ID.</summary>
    /// <exception cref="ConsumerGroupException">Not all were taken; those that were may be any.</exception>
    /// <exception cref="RefusedEventException">One can never be taken; those that were may be any of the others.</exception>
    Task SendAsync(IReadOnlyList<OutboxEvent> events, CancellationToken cancellationToken);
}

/// <summary>An event on its way out.</summary>
/// <param name="Source">The CloudEvent's <c>source</c>.</param>
/// <param name="Id">The CloudEvent's <c>id</c>, which with the source is unique.</param>
/// <param name="Type">The CloudEvent's <c>type</c>, by which groups choose.</param>
/// <param name="Key">The CloudEvent's <c>subject</c>: events of one key stay in order.</param>
/// <param name="Envelope">The whole CloudEvent as JSON.</param>
public sealed record OutboxEvent(string Source, string Id, string Type, string Key, ReadOnlyMemory<byte> Envelope);
