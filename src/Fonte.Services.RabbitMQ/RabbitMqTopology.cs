using RabbitMQ.Client;

namespace Fonte.Services.RabbitMQ;

/// <summary>The exchanges and queues of all groups.</summary>
/// <remarks>
/// <code>
/// event ─▶ exchange (topic) ──type──▶ exchange.group   quorum queue, one active consumer
///                                          │ given up, or given too often
///                                          ▼
///                    exchange.dead ─▶ exchange.group.dead
/// </code>
/// </remarks>
internal static class RabbitMqTopology
{
    internal const string ContentType = "application/cloudevents+json";

    // A queue that finds no leader answers nobody.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(6);

    internal static string Queue(RabbitMqServiceOptions options, string group) => $"{options.Exchange}.{group}";

    internal static string DeadExchange(RabbitMqServiceOptions options) => $"{options.Exchange}.dead";

    /// <summary>Does something that the broker must answer, and waits no longer than it is patient.</summary>
    /// <exception cref="TimeoutException">It did not answer.</exception>
    internal static async Task<T> InTimeAsync<T>(Func<CancellationToken, Task<T>> ask, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Patience);
        try
        {
            return await ask(limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException("It does not answer.", exception);
        }
    }

    /// <summary>Publishes, and completes when it is confirmed.</summary>
    internal static Task PublishAsync(IChannel channel, string exchange, string key, bool isWanted, BasicProperties properties, ReadOnlyMemory<byte> body, CancellationToken cancellationToken) => InTimeAsync(
        async stop =>
        {
            await channel.BasicPublishAsync(exchange, key, mandatory: isWanted, properties, body, stop).ConfigureAwait(false);
            return true;
        },
        cancellationToken);

    internal static async Task DeclareAsync(IChannel channel, RabbitMqServiceOptions options, CancellationToken cancellationToken)
    {
        await channel.ExchangeDeclareAsync(options.Exchange, ExchangeType.Topic, durable: true, cancellationToken: cancellationToken).ConfigureAwait(false);
        await channel.ExchangeDeclareAsync(DeadExchange(options), ExchangeType.Direct, durable: true, cancellationToken: cancellationToken).ConfigureAwait(false);
        foreach (var group in options.Groups)
        {
            var queue = Queue(options, group.Name);
            var dead = $"{queue}.dead";
            await channel.QueueDeclareAsync(dead, durable: true, exclusive: false, autoDelete: false, new Dictionary<string, object?> { ["x-queue-type"] = "quorum" }, cancellationToken: cancellationToken).ConfigureAwait(false);
            await channel.QueueBindAsync(dead, DeadExchange(options), queue, cancellationToken: cancellationToken).ConfigureAwait(false);
            await channel.QueueDeclareAsync(queue, durable: true, exclusive: false, autoDelete: false, Arguments(options, queue), cancellationToken: cancellationToken).ConfigureAwait(false);
            foreach (var type in group.Types) await channel.QueueBindAsync(queue, options.Exchange, type, cancellationToken: cancellationToken).ConfigureAwait(false);
        }
    }

    // A dead letter is moved only when the other queue has it, which asks for refusing instead of dropping (RabbitMQ, "Quorum Queues", at-least-once dead lettering).
    private static Dictionary<string, object?> Arguments(RabbitMqServiceOptions options, string queue) => new()
    {
        ["x-queue-type"] = "quorum",
        ["x-single-active-consumer"] = true,
        ["x-delivery-limit"] = options.DeliveryLimit,
        ["x-dead-letter-exchange"] = DeadExchange(options),
        ["x-dead-letter-routing-key"] = queue,
        ["x-dead-letter-strategy"] = "at-least-once",
        ["x-overflow"] = "reject-publish",
    };
}
