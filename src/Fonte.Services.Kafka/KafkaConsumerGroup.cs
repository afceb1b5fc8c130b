using System.Data.Common;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Threading.Channels;
using Confluent.Kafka;
using Microsoft.Extensions.Logging;

namespace Fonte.Services.Kafka;

/// <summary>A consumer group of Kafka: each partition, and so each key, is one instance's at a time. All groups read the whole topic, and pass over types that are not theirs.</summary>
public sealed partial class KafkaConsumerGroup : IConsumerGroup
{
    private const int Prefetch = 100;
    private static readonly TimeSpan AskTimeout = TimeSpan.FromSeconds(5);

    private readonly KafkaServiceOptions _options;
    private readonly ServiceStore _store;
    private readonly ServiceGroup _group;
    private readonly HashSet<string> _types;
    private readonly KafkaProducing _producing;
    private readonly ILogger _logger;

    /// <summary>Makes one; nothing is connected yet.</summary>
    /// <param name="name">The group's name, one of the options'.</param>
    /// <param name="store">The service's store, where dead letters are kept too.</param>
    /// <param name="options">Where, and who.</param>
    /// <param name="logger">Is told of what is missed.</param>
    public KafkaConsumerGroup(string name, ServiceStore store, KafkaServiceOptions options, ILogger<KafkaConsumerGroup> logger)
    {
        ArgumentNullException.ThrowIfNull(options);
        _group = options.Groups.FirstOrDefault(group => group.Name == name) ?? throw new ArgumentException($"There is no group {name} among those of the options.", nameof(name));
        (_options, _store, _producing, _logger) = (options, store, new(options), logger);
        _types = [.. _group.Types];
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<Delivery> ReceiveAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        try
        {
            await _producing.OpenAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (KafkaException exception)
        {
            throw new ConsumerGroupException($"{_options.Name} cannot be reached: {exception.Error.Reason}", exception);
        }
        var given = Channel.CreateBounded<Given>(new BoundedChannelOptions(Prefetch) { SingleReader = true, SingleWriter = true });
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        // The client blocks, so that it has a thread of its own.
        var consuming = Task.Factory.StartNew(() => Consume(given.Writer, ended.Token), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        try
        {
            while (await given.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false))
            {
                while (given.Reader.TryRead(out var next))
                {
                    if (next.Assignment.IsOver) continue;
                    var delivery = new KafkaDelivery(this, next);
                    if (!_types.Contains(TypeOf(next.Result))) await delivery.AckAsync(cancellationToken).ConfigureAwait(false);
                    else await foreach (var once in delivery.GiveAsync(cancellationToken).ConfigureAwait(false)) yield return once;
                }
            }
        }
        finally
        {
            await ended.CancelAsync().ConfigureAwait(false);
            await consuming.ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _producing.Dispose();
        return ValueTask.CompletedTask;
    }

    private static string TypeOf(ConsumeResult<string, byte[]> result)
    {
        if (result.Message.Headers.TryGetLastBytes(KafkaProducing.TypeHeader, out var type)) return Encoding.UTF8.GetString(type);
        return ServiceTransaction.TryRead(result.Message.Value ?? [])?.Type ?? "";
    }

    private void Consume(ChannelWriter<Given> given, CancellationToken cancellationToken)
    {
        try
        {
            var assignment = new Assignment();
            using var consumer = new ConsumerBuilder<string, byte[]>(Settings())
                .SetLogHandler(static (_, _) => { })
                .SetErrorHandler((_, error) =>
                {
                    if (error.IsFatal) given.TryComplete(new ConsumerGroupException($"{_options.Name} cannot be read: {error.Reason}"));
                })
                .SetPartitionsAssignedHandler((client, partitions) =>
                {
                    assignment = new();
                    return Beginnings(client, partitions);
                })
                .SetPartitionsRevokedHandler((_, _) => assignment.IsOver = true)
                .SetPartitionsLostHandler((_, _) => assignment.IsOver = true)
                .Build();
            consumer.Subscribe(_options.Broker.Topic);
            try
            {
                while (!cancellationToken.IsCancellationRequested)
                {
                    var result = consumer.Consume(cancellationToken);
                    // It blocks when there is no room: this thread has nothing else to do.
                    given.WriteAsync(new(result, consumer, assignment), cancellationToken).AsTask().Wait(cancellationToken);
                }
            }
            finally
            {
                assignment.IsOver = true;
                consumer.Close();
            }
        }
        catch (OperationCanceledException)
        {
            given.TryComplete();
        }
        catch (Exception exception)
        {
            given.TryComplete(new ConsumerGroupException($"{_options.Name} cannot be read: {(exception is KafkaException kafka ? kafka.Error.Reason : exception.Message)}", exception));
        }
    }

    // Where the group was; a group that is new at what is kept. Who was away for too long is told so.
    private List<TopicPartitionOffset> Beginnings(IConsumer<string, byte[]> consumer, List<TopicPartition> partitions)
    {
        var beginnings = new List<TopicPartitionOffset>();
        foreach (var committed in consumer.Committed(partitions, AskTimeout))
        {
            var bounds = consumer.QueryWatermarkOffsets(committed.TopicPartition, AskTimeout);
            // A broker forgets the offsets of a group that is away for a week; the service's own file does not. One beyond the end is of another topic of the name.
            var own = Own(committed.TopicPartition) is { } kept && kept <= bounds.High.Value ? kept : -1;
            var was = Math.Max(committed.Offset == Offset.Unset ? -1 : committed.Offset.Value, own);
            if (was >= 0 && was < bounds.Low.Value) Log.Gap(_logger, _group.Name, committed.Partition.Value, was, bounds.Low.Value);
            beginnings.Add(new(committed.TopicPartition, Math.Max(was, bounds.Low.Value)));
        }
        return beginnings;
    }

    private string NameOf(TopicPartition partition) => $"{_group.Name}/{partition.Topic}/{partition.Partition.Value}";

    private long? Own(TopicPartition partition)
    {
        using var connection = _store.Connect();
        return long.TryParse(connection.Text("SELECT value FROM fonte_cursor WHERE name = @name", ("@name", NameOf(partition))), NumberStyles.None, CultureInfo.InvariantCulture, out var offset) ? offset : null;
    }

    private ConsumerConfig Settings()
    {
        var settings = _options.Broker.Client<ConsumerConfig>();
        settings.GroupId = $"{_options.Broker.Topic}.{_group.Name}";
        settings.SessionTimeoutMs = (int)_options.SessionTimeout.TotalMilliseconds;
        settings.HeartbeatIntervalMs = (int)(_options.SessionTimeout.TotalMilliseconds / 3);
        // Stored when handled, and committed at leisure: what is given again by that is known by the inbox.
        settings.EnableAutoOffsetStore = false;
        settings.EnableAutoCommit = true;
        settings.AutoCommitIntervalMs = 1000;
        settings.AutoOffsetReset = AutoOffsetReset.Earliest;
        settings.IsolationLevel = IsolationLevel.ReadCommitted;
        settings.FetchErrorBackoffMs = 100;
        settings.CancellationDelayMaxMs = 50;
        return settings;
    }

    /// <summary>The partitions that this instance has, until they are taken away.</summary>
    private sealed class Assignment
    {
        internal volatile bool IsOver;
    }

    private sealed record Given(ConsumeResult<string, byte[]> Result, IConsumer<string, byte[]> Consumer, Assignment Assignment);

    private sealed class KafkaDelivery(KafkaConsumerGroup group, Given given)
        : BrokerDelivery(group._store, group._group.Name, new(group._options.MaxAttempts, group._options.RedeliveryDelay), given.Result.Message.Value ?? [], before: 0)
    {
        protected override bool IsTaken => given.Assignment.IsOver;

        public override void Keep(DbTransaction transaction) => transaction.Run(
            "INSERT INTO fonte_cursor VALUES (@name, @value) ON CONFLICT DO UPDATE SET value = excluded.value WHERE CAST(excluded.value AS INTEGER) > CAST(value AS INTEGER)",
            ("@name", group.NameOf(given.Result.TopicPartition)), ("@value", (given.Result.Offset.Value + 1).ToString(CultureInfo.InvariantCulture)));

        protected override Task DoneAsync(CancellationToken cancellationToken)
        {
            try
            {
                if (!given.Assignment.IsOver) given.Consumer.StoreOffset(given.Result);
            }
            catch (KafkaException)
            {
                // Another instance has the partition, and finds in the inbox what was done here.
            }
            catch (ObjectDisposedException)
            {
                // The same, of an instance that ends.
            }
            return Task.CompletedTask;
        }

        protected override async Task BuryAsync(string reason, CancellationToken cancellationToken)
        {
            try
            {
                var producer = await group._producing.OpenAsync(cancellationToken).ConfigureAwait(false);
                await group.ProduceDeadAsync(producer, given.Result.Message.Key, given.Result.Message.Value ?? [], reason, cancellationToken).ConfigureAwait(false);
            }
            catch (KafkaException exception)
            {
                throw new ConsumerGroupException($"{group._options.Name} did not confirm a dead letter: {exception.Error.Reason}", exception);
            }
            await DoneAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task ProduceDeadAsync(IProducer<string, byte[]> producer, string key, byte[] value, string reason, CancellationToken cancellationToken)
    {
        var message = new Message<string, byte[]> { Key = key, Value = value, Headers = KafkaProducing.Headers(("group", _group.Name), ("reason", reason)) };
        try
        {
            await producer.ProduceAsync(_options.Dead, message, cancellationToken).ConfigureAwait(false);
        }
        catch (KafkaException exception) when (exception.Error.Code == ErrorCode.MsgSizeTooLarge && value.Length > 0)
        {
            // With its reason it is longer than it was; the service's file has it.
            await ProduceDeadAsync(producer, key, [], reason, cancellationToken).ConfigureAwait(false);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(21, LogLevel.Error, "The group {Group} missed events of partition {Partition}: from {From} to {To} they are no longer kept")]
        internal static partial void Gap(ILogger logger, string group, int partition, long from, long to);
    }
}
