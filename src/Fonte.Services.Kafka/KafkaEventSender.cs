using Confluent.Kafka;

namespace Fonte.Services.Kafka;

/// <summary>Sends a service's events to a Kafka topic, keyed; complete when they are on as many brokers as the topic asks for.</summary>
public sealed class KafkaEventSender : IEventSender, IDisposable
{
    private readonly KafkaServiceOptions _options;
    private readonly KafkaProducing _producing;

    /// <summary>Makes one; nothing is connected yet.</summary>
    public KafkaEventSender(KafkaServiceOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        (_options, _producing) = (options, new(options));
    }

    /// <inheritdoc/>
    public async Task SendAsync(IReadOnlyList<OutboxEvent> events, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(events);
        try
        {
            var producer = await _producing.OpenAsync(cancellationToken).ConfigureAwait(false);
            await KeyedSending.SendAsync(events, outgoing => ProduceAsync(producer, outgoing, cancellationToken)).ConfigureAwait(false);
        }
        catch (KafkaException exception)
        {
            throw new ConsumerGroupException($"{_options.Name} did not confirm: {exception.Error.Reason}", exception);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _producing.Dispose();

    private async Task ProduceAsync(IProducer<string, byte[]> producer, OutboxEvent outgoing, CancellationToken cancellationToken)
    {
        try
        {
            await producer.ProduceAsync(_options.Broker.Topic, Message(outgoing), cancellationToken).ConfigureAwait(false);
        }
        catch (KafkaException exception) when (exception.Error.Code == ErrorCode.MsgSizeTooLarge)
        {
            throw new RefusedEventException(outgoing, $"It is too large for {_options.Name}.", exception);
        }
    }

    private static Message<string, byte[]> Message(OutboxEvent outgoing) =>
        new() { Key = outgoing.Key, Value = outgoing.Envelope.ToArray(), Headers = KafkaProducing.Headers((KafkaProducing.TypeHeader, outgoing.Type)) };
}
