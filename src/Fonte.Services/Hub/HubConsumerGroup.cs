using System.Data.Common;
using System.Runtime.CompilerServices;
using System.Text;
using Fonte.Client;
using Microsoft.Extensions.Logging;

namespace Fonte.Services;

/// <summary>A consumer group over a hub: the cursor is in the service's own store, in the transaction of each effect.</summary>
/// <remarks>
/// One instance is active at a time, by a lease in the store; the others wait. An event that fails is given again before any other, so that order is kept; after the last attempt it is a dead letter in the store.
/// </remarks>
public sealed partial class HubConsumerGroup : IConsumerGroup
{
    private static readonly TimeSpan PositionInterval = TimeSpan.FromSeconds(1);

    private readonly FonteClient _client;
    private readonly ServiceStore _store;
    private readonly HubGroupOptions _options;
    private readonly ILogger _logger;
    private readonly StoreLease _lease;

    /// <summary>Makes one; nothing is opened yet.</summary>
    public HubConsumerGroup(FonteClient client, ServiceStore store, HubGroupOptions options, ILogger<HubConsumerGroup> logger)
    {
        ArgumentNullException.ThrowIfNull(options);
        (_client, _store, _options, _logger) = (client, store, options, logger);
        _lease = new(store, options.Name, options.Lease);
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<Delivery> ReceiveAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var held = await _lease.AcquireAsync(cancellationToken).ConfigureAwait(false);
        await using var _ = held.ConfigureAwait(false);
        var keptAt = _store.Time.GetTimestamp();
        // One that failed is given before any other, so that only the first can have failed before.
        var isFirst = true;
        await foreach (var received in _client.SubscribeAsync(Request(), held.Lost).ConfigureAwait(false))
        {
            if (received.IsPosition)
            {
                // At leisure: they come with each heartbeat, and lose nothing.
                if (_store.Time.GetElapsedTime(keptAt) < PositionInterval) continue;
                keptAt = _store.Time.GetTimestamp();
                _store.Run((_, transaction) => KeepCursor(transaction, received.Id));
                continue;
            }
            if (received.Gap is { } gap)
            {
                Log.Gap(_logger, _options.Name, gap.From, gap.Reason);
                continue;
            }
            var delivery = new HubDelivery(this, received, isFirst ? AttemptsOf(received.Id) + 1 : 1);
            isFirst = false;
            yield return delivery;
            while (!delivery.IsOver)
            {
                await Task.Delay(_options.RedeliveryDelay * delivery.Attempt, _store.Time, held.Lost).ConfigureAwait(false);
                delivery = new(this, received, delivery.Attempt + 1);
                yield return delivery;
            }
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private SubscribeRequest Request()
    {
        using var connection = _store.Connect();
        return new()
        {
            Topics = _options.Topics,
            LastEventId = connection.Text("SELECT value FROM fonte_cursor WHERE name = @name", ("@name", _options.Name)) ?? SubscribeRequest.Earliest,
            IncludePositions = true,
        };
    }

    private int AttemptsOf(string id)
    {
        using var connection = _store.Connect();
        return (int)connection.Number("SELECT coalesce(max(count), 0) FROM fonte_attempt WHERE name = @name AND id = @id", ("@name", _options.Name), ("@id", id));
    }

    private int KeepCursor(DbTransaction transaction, string id)
    {
        if (!_lease.IsHeld(transaction)) throw new ConsumerGroupException($"Another instance is active for {_options.Name}.");
        return transaction.Run("INSERT INTO fonte_cursor VALUES (@name, @value) ON CONFLICT DO UPDATE SET value = excluded.value", ("@name", _options.Name), ("@value", id));
    }

    private sealed class HubDelivery(HubConsumerGroup group, ReceivedEvent received, int attempt) : Delivery
    {
        internal bool IsOver { get; private set; }

        public override ReadOnlyMemory<byte> Envelope { get; } = Encoding.UTF8.GetBytes(received.Data);

        public override int Attempt => attempt;

        public override void Keep(DbTransaction transaction)
        {
            group.KeepCursor(transaction, received.Id);
            if (attempt > 1) Forget(transaction);
        }

        public override Task AckAsync(CancellationToken cancellationToken)
        {
            IsOver = true;
            return Task.CompletedTask;
        }

        public override Task FailAsync(string reason, bool isFinal, CancellationToken cancellationToken)
        {
            group._store.Run((_, transaction) => isFinal || attempt >= group._options.MaxAttempts ? GiveUp(transaction, reason) : Count(transaction));
            return Task.CompletedTask;
        }

        // An instance that is no longer the active one says nothing of the event.
        private int Count(DbTransaction transaction) => !group._lease.IsHeld(transaction) ? 0 : transaction.Run(
            "INSERT INTO fonte_attempt VALUES (@name, @id, @count) ON CONFLICT DO UPDATE SET count = excluded.count", ("@name", group._options.Name), ("@id", received.Id), ("@count", attempt));

        private int GiveUp(DbTransaction transaction, string reason)
        {
            group.KeepCursor(transaction, received.Id);
            Forget(transaction);
            IsOver = true;
            Log.Dead(group._logger, group._options.Name, received.Id, attempt, reason);
            return group._store.AddDeadLetter(transaction, group._options.Name, reason, Envelope);
        }

        private void Forget(DbTransaction transaction) => transaction.Run("DELETE FROM fonte_attempt WHERE name = @name AND id = @id", ("@name", group._options.Name), ("@id", received.Id));
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "The group {Name} missed events: what follows {From} is no longer kept ({Reason})")]
        internal static partial void Gap(ILogger logger, string name, string from, string reason);

        [LoggerMessage(3, LogLevel.Warning, "The group {Name} gave event {Id} up after {Attempts} attempts: {Reason}")]
        internal static partial void Dead(ILogger logger, string name, string id, int attempts, string reason);
    }
}
