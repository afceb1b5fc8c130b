using System.Text;
using Fonte.RabbitMQ;
using RabbitMQ.Client;

namespace Fonte.Services.RabbitMQ;

/// <summary>Sends a service's events to RabbitMQ, by their type to the queue of each group that receives it; complete when those queues have them on disk.</summary>
public sealed class RabbitMqEventSender : IEventSender, IAsyncDisposable
{
    private readonly RabbitMqServiceOptions _options;
    private readonly RabbitMqConnections _connections;
    private readonly HashSet<string> _wanted;
    private IConnection? _connection;
    private IChannel? _channel;

    /// <summary>Makes one; nothing is connected yet.</summary>
    public RabbitMqEventSender(RabbitMqServiceOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        (_options, _connections) = (options, new(options.Urls, $"the RabbitMQ exchange {options.Exchange}"));
        _wanted = [.. options.Groups.SelectMany(group => group.Types)];
    }

    /// <inheritdoc/>
    public async Task SendAsync(IReadOnlyList<OutboxEvent> events, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(events);
        try
        {
            var channel = await RabbitMqTopology.InTimeAsync(OpenAsync, cancellationToken).ConfigureAwait(false);
            await KeyedSending.SendAsync(events, outgoing => PublishAsync(channel, outgoing, cancellationToken)).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is not (OperationCanceledException or RefusedEventException))
        {
            await CloseAsync().ConfigureAwait(false);
            throw new ConsumerGroupException(_connections.Describe(exception).Sentence, exception);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await CloseAsync().ConfigureAwait(false);

    private Task PublishAsync(IChannel channel, OutboxEvent outgoing, CancellationToken cancellationToken)
    {
        // Short strings of AMQP (specification 0.9.1, section 4.2.5.3).
        if (Encoding.UTF8.GetByteCount(outgoing.Type) > byte.MaxValue) throw new RefusedEventException(outgoing, $"The type has more than {byte.MaxValue} bytes.");
        var properties = new BasicProperties { Persistent = true, ContentType = RabbitMqTopology.ContentType, Type = outgoing.Type };
        if (Encoding.UTF8.GetByteCount(outgoing.Id) <= byte.MaxValue) properties.MessageId = outgoing.Id;
        // What some group wants comes back if no queue takes it; nobody misses the rest.
        return RabbitMqTopology.PublishAsync(channel, _options.Exchange, outgoing.Type, isWanted: _wanted.Contains(outgoing.Type), properties, outgoing.Envelope, cancellationToken);
    }

    private async Task<IChannel> OpenAsync(CancellationToken cancellationToken)
    {
        if (_channel is { IsOpen: true } open) return open;
        await CloseAsync().ConfigureAwait(false);
        _connection = await _connections.OpenAsync(cancellationToken).ConfigureAwait(false);
        _channel = await _connection.CreateChannelAsync(new(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true, outstandingPublisherConfirmationsRateLimiter: null), cancellationToken).ConfigureAwait(false);
        await RabbitMqTopology.DeclareAsync(_channel, _options, cancellationToken).ConfigureAwait(false);
        return _channel;
    }

    private Task CloseAsync()
    {
        _channel = null;
        return RabbitMqConnections.CloseAsync(Interlocked.Exchange(ref _connection, null));
    }
}
