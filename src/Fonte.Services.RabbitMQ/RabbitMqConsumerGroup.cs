using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Fonte.RabbitMQ;
using RabbitMQ.Client;

namespace Fonte.Services.RabbitMQ;

/// <summary>A consumer group on a quorum queue of its own, of which the broker makes one instance the active one.</summary>
public sealed class RabbitMqConsumerGroup : IConsumerGroup
{
    private readonly RabbitMqServiceOptions _options;
    private readonly RabbitMqConnections _connections;
    private readonly ServiceStore _store;
    private readonly string _name;
    private readonly string _queue;

    /// <summary>Makes one; nothing is connected yet.</summary>
    /// <param name="name">The group's name, one of the options'.</param>
    /// <param name="store">The service's store, where dead letters are kept too.</param>
    /// <param name="options">Where, and who.</param>
    public RabbitMqConsumerGroup(string name, ServiceStore store, RabbitMqServiceOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (!options.Groups.Any(group => group.Name == name)) throw new ArgumentException($"There is no group {name} among those of the options.", nameof(name));
        (_name, _store, _options, _queue) = (name, store, options, RabbitMqTopology.Queue(options, name));
        _connections = new(options.Urls, $"the RabbitMQ queue {_queue}");
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<Delivery> ReceiveAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var given = Channel.CreateUnbounded<Given>(new() { SingleReader = true });
        IConnection? connection = null;
        try
        {
            IChannel channel;
            try
            {
                connection = await RabbitMqTopology.InTimeAsync(_connections.OpenAsync, cancellationToken).ConfigureAwait(false);
                channel = await RabbitMqTopology.InTimeAsync(stop => ConsumeAsync(connection, given.Writer, stop), cancellationToken).ConfigureAwait(false);
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                throw Failure(exception);
            }
            while (await given.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false))
            {
                while (given.Reader.TryRead(out var next))
                {
                    var delivery = new RabbitMqDelivery(this, channel, next);
                    if (next.Times >= _options.DeliveryLimit) await delivery.FailAsync($"It was given {next.Times} times to instances that ended without an answer.", isFinal: true, cancellationToken).ConfigureAwait(false);
                    else await foreach (var once in delivery.GiveAsync(cancellationToken).ConfigureAwait(false)) yield return once;
                }
            }
        }
        finally
        {
            await RabbitMqConnections.CloseAsync(connection).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private async Task<IChannel> ConsumeAsync(IConnection connection, ChannelWriter<Given> given, CancellationToken cancellationToken)
    {
        var channel = await connection.CreateChannelAsync(new(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true), cancellationToken).ConfigureAwait(false);
        await RabbitMqTopology.DeclareAsync(channel, _options, cancellationToken).ConfigureAwait(false);
        await channel.BasicQosAsync(0, _options.Prefetch, global: false, cancellationToken).ConfigureAwait(false);
        channel.ChannelShutdownAsync += (_, reason) =>
        {
            given.TryComplete(new ConsumerGroupException($"{_connections.Name} closed the connection: {reason.ReplyText}"));
            return Task.CompletedTask;
        };
        await channel.BasicConsumeAsync(_queue, autoAck: false, new Consumer(channel, given, _connections.Name), cancellationToken).ConfigureAwait(false);
        return channel;
    }

    private ConsumerGroupException Failure(Exception exception) => new(_connections.Describe(exception).Sentence, exception);

    /// <summary>A message as it came.</summary>
    /// <param name="Tag">By which it is acknowledged.</param>
    /// <param name="Times">How often it had been given before.</param>
    /// <param name="Body">The event.</param>
    private readonly record struct Given(ulong Tag, int Times, ReadOnlyMemory<byte> Body);

    private sealed class RabbitMqDelivery(RabbitMqConsumerGroup group, IChannel channel, Given given)
        : BrokerDelivery(group._store, group._name, new(group._options.MaxAttempts, group._options.RedeliveryDelay), given.Body, given.Times)
    {
        protected override async Task DoneAsync(CancellationToken cancellationToken)
        {
            try
            {
                await channel.BasicAckAsync(given.Tag, multiple: false, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                throw group.Failure(exception);
            }
        }

        // Not by a refusal, which has no reason.
        protected override async Task BuryAsync(string reason, CancellationToken cancellationToken)
        {
            try
            {
                var properties = new BasicProperties { Persistent = true, ContentType = RabbitMqTopology.ContentType, Headers = new Dictionary<string, object?> { ["reason"] = reason } };
                await RabbitMqTopology.PublishAsync(channel, RabbitMqTopology.DeadExchange(group._options), group._queue, isWanted: true, properties, Envelope, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                throw group.Failure(exception);
            }
            await DoneAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private sealed class Consumer(IChannel channel, ChannelWriter<Given> given, string name) : AsyncDefaultBasicConsumer(channel)
    {
        public override Task HandleBasicDeliverAsync(
            string consumerTag, ulong deliveryTag, bool redelivered, string exchange, string routingKey, IReadOnlyBasicProperties properties, ReadOnlyMemory<byte> body, CancellationToken cancellationToken = default)
        {
            var times = properties.Headers?.TryGetValue("x-delivery-count", out var count) == true && count is long number ? (int)number : 0;
            given.TryWrite(new(deliveryTag, times, body.ToArray()));
            return Task.CompletedTask;
        }

        public override Task HandleBasicCancelAsync(string consumerTag, CancellationToken cancellationToken = default)
        {
            given.TryComplete(new ConsumerGroupException($"{name} was deleted."));
            return Task.CompletedTask;
        }
    }
}
