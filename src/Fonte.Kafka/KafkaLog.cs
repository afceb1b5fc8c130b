using System.Globalization;
using System.Runtime.CompilerServices;
using Confluent.Kafka;
using Confluent.Kafka.Admin;

namespace Fonte.Kafka;

/// <summary>A Kafka topic of one partition as the shared log of many hubs. Thread-safe.</summary>
/// <remarks>
/// Records are produced with <c>acks=all</c> by an idempotent producer, and read by offset, without a consumer group. Of transactions of other programs only what is committed is read: an
/// event that was called back never was. The price is that an open transaction holds up everything behind it, for as long as the broker lets it be open; see docs/guarantees.md.
/// </remarks>
public sealed class KafkaLog : ISharedLog
{
    private const long WindowBytes = 16 * 1024 * 1024;
    private static readonly Partition Only = new(0);
    private static readonly TimeSpan AskTimeout = TimeSpan.FromSeconds(3);

    // Somewhat less than for how long a hub waits for what it appends.
    private static readonly TimeSpan ProduceTimeout = TimeSpan.FromSeconds(4.5);

    private readonly KafkaLogOptions _options;
    private readonly SemaphoreSlim _opening = new(1);
    private volatile IProducer<Null, byte[]>? _producer;
    private volatile bool _isFatal;
    private volatile bool _isClosed;

    /// <summary>Makes one; nothing is connected yet.</summary>
    public KafkaLog(KafkaLogOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
    }

    /// <inheritdoc/>
    public string Name => $"the Kafka topic {_options.Topic} at {_options.Servers}";

    /// <inheritdoc/>
    public string System => "kafka";

    /// <inheritdoc/>
    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        await _opening.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            ObjectDisposedException.ThrowIf(_isClosed, this);
            await CheckAsync().ConfigureAwait(false);
            if (_producer is not null && !_isFatal) return;
            _producer?.Dispose();
            (_producer, _isFatal) = (Producer(), false);
        }
        catch (Exception exception) when (exception is KafkaException or InvalidOperationException or ArgumentException)
        {
            throw new SharedLogException($"{Name} cannot be used: {exception.Message}", exception) { NothingWasSent = true };
        }
        finally
        {
            _opening.Release();
        }
    }

    /// <inheritdoc/>
    public async Task ProduceAsync(IReadOnlyList<SharedRecord> records, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(records);
        if (_producer is not { } producer || _isFatal || _isClosed) throw new SharedLogException($"There is no connection to {Name}.") { NothingWasSent = true };
        var delivery = new Delivery(records.Count);
        for (var i = 0; i < records.Count; i++)
        {
            try
            {
                producer.Produce(new TopicPartition(_options.Topic, Only), KafkaRecords.Write(records[i]), delivery.Report);
            }
            catch (Exception exception) when (exception is KafkaException or ObjectDisposedException)
            {
                // Those behind it would be out of order.
                delivery.Refused(records.Count - i, exception.Message);
                break;
            }
        }
        if (await delivery.Completion.WaitAsync(cancellationToken).ConfigureAwait(false) is { } fault)
            throw new SharedLogException($"{Name} did not confirm: {fault}") { NothingWasSent = delivery.NothingWasSent };
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<SharedRecord> ReadAsync(long from, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (_producer is null || _isClosed) throw new SharedLogException($"There is no connection to {Name}.");
        using var window = new ReadWindow(WindowBytes);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        // The client blocks, so that it has a thread of its own.
        var consuming = Task.Factory.StartNew(() => Consume(from, window, ended.Token), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        try
        {
            await foreach (var record in window.ReadAsync(cancellationToken).ConfigureAwait(false)) yield return record;
        }
        finally
        {
            await ended.CancelAsync().ConfigureAwait(false);
            await consuming.ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _opening.WaitAsync().ConfigureAwait(false);
        _isClosed = true;
        _producer?.Dispose();
        _producer = null;
        _opening.Release();
    }

    /// <summary>Looks whether the topic is there and has one partition, and makes it if it is missing.</summary>
    private async Task CheckAsync()
    {
        string? said = null;
        // By a consumer: to ask with a producer makes the topic as the broker would.
        using var asking = new ConsumerBuilder<Ignore, Ignore>(Consumer()).SetErrorHandler((_, error) => said = SaidBy(error, said)).SetLogHandler(Nothing).Build();
        using var admin = new DependentAdminClientBuilder(asking.Handle).Build();
        TopicMetadata topic;
        try
        {
            topic = (await OffThePool(() => admin.GetMetadata(_options.Topic, AskTimeout)).ConfigureAwait(false)).Topics.Single();
        }
        catch (KafkaException exception)
        {
            // Why, is told only to who asks for records.
            asking.Consume(TimeSpan.Zero);
            throw new SharedLogException($"{Name} cannot be reached: {said ?? exception.Error.Reason}", exception) { NothingWasSent = true };
        }
        if (topic.Error.Code == ErrorCode.UnknownTopicOrPart) await CreateAsync(admin).ConfigureAwait(false);
        else if (topic.Error.IsError) throw new SharedLogException($"{Name} cannot be used: {topic.Error.Reason}") { NothingWasSent = true };
        else if (topic.Partitions.Count != 1) throw new SharedLogException($"{Name} has {topic.Partitions.Count} partitions; a log is one order, and its topic must have one. Make it so, or name another topic.") { NothingWasSent = true };
    }

    private async Task CreateAsync(IAdminClient admin)
    {
        var settings = new Dictionary<string, string>
        {
            ["cleanup.policy"] = "delete",
            ["retention.ms"] = _options.MaxAge > TimeSpan.Zero ? ((long)_options.MaxAge.TotalMilliseconds).ToString(CultureInfo.InvariantCulture) : "-1",
            ["retention.bytes"] = _options.MaxBytes > 0 ? _options.MaxBytes.ToString(CultureInfo.InvariantCulture) : "-1",
            ["max.message.bytes"] = _options.MaxRecordBytes.ToString(CultureInfo.InvariantCulture),
        };
        try
        {
            await admin.CreateTopicsAsync([new() { Name = _options.Topic, NumPartitions = 1, ReplicationFactor = _options.Replicas, Configs = settings }], new() { RequestTimeout = AskTimeout, OperationTimeout = AskTimeout }).ConfigureAwait(false);
        }
        catch (CreateTopicsException exception) when (exception.Results.TrueForAll(result => result.Error.Code == ErrorCode.TopicAlreadyExists))
        {
            // Another hub was faster.
        }
        catch (KafkaException exception)
        {
            var reason = exception is CreateTopicsException { Results: [var result, ..] } ? result.Error.Reason : exception.Error.Reason;
            throw new SharedLogException($"{Name} does not exist and cannot be made: {reason}", exception) { NothingWasSent = true };
        }
    }

    private IProducer<Null, byte[]> Producer()
    {
        var settings = _options.Client<ProducerConfig>();
        settings.Acks = Acks.All;
        settings.EnableIdempotence = true;
        settings.MessageTimeoutMs = (int)ProduceTimeout.TotalMilliseconds;
        // Waiting for company costs every event 5 ms by default; those that come together go together anyway.
        settings.LingerMs = 0.5;
        settings.QueueBufferingMaxMessages = 1_000_000;
        // Otherwise the headers and the body of each message would be kept until it is reported.
        settings.DeliveryReportFields = "status";
        return new ProducerBuilder<Null, byte[]>(settings).SetErrorHandler((_, error) => _isFatal |= error.IsFatal).SetLogHandler(Nothing).Build();
    }

    private ConsumerConfig Consumer()
    {
        var settings = _options.Client<ConsumerConfig>();
        // Is asked for, and not used: nothing is committed.
        settings.GroupId = "fonte";
        settings.EnableAutoCommit = false;
        settings.EnableAutoOffsetStore = false;
        // Otherwise an offset that is not there would silently become another.
        settings.AutoOffsetReset = AutoOffsetReset.Error;
        settings.IsolationLevel = IsolationLevel.ReadCommitted;
        settings.CheckCrcs = true;
        settings.QueuedMaxMessagesKbytes = (int)(WindowBytes / 1024);
        // By default it waits for a second when its queue was full, and half of one after an error.
        settings.FetchQueueBackoffMs = 5;
        settings.FetchErrorBackoffMs = 100;
        settings.CancellationDelayMaxMs = 50;
        return settings;
    }

    private void Consume(long from, ReadWindow window, CancellationToken cancellationToken)
    {
        try
        {
            string? said = null;
            using var consumer = new ConsumerBuilder<byte[]?, byte[]?>(Consumer()).SetErrorHandler((_, error) => EndBy(error, window, ref said)).SetLogHandler(Nothing).Build();
            Assign(consumer, from <= 0 ? Offset.Beginning : new(from));
            var hasRead = false;
            while (!cancellationToken.IsCancellationRequested)
            {
                try
                {
                    window.Put(KafkaRecords.Read(consumer.Consume(cancellationToken)), cancellationToken);
                    hasRead = true;
                }
                catch (ConsumeException exception) when (exception.Error.Code == ErrorCode.Local_AutoOffsetReset && !hasRead)
                {
                    GoWhereThereIsSomething(consumer, from, cancellationToken);
                }
            }
            window.End();
        }
        catch (OperationCanceledException)
        {
            window.End();
        }
        catch (Exception exception)
        {
            window.Fail(new($"{Name} cannot be read: {(exception is KafkaException kafka ? kafka.Error.Reason : exception.Message)}", exception));
        }
    }

    // Before the oldest that is kept, or behind the end.
    private void GoWhereThereIsSomething(IConsumer<byte[]?, byte[]?> consumer, long from, CancellationToken cancellationToken)
    {
        while (true)
        {
            var kept = consumer.QueryWatermarkOffsets(new(_options.Topic, Only), AskTimeout);
            if (from <= kept.High.Value)
            {
                Assign(consumer, new(Math.Max(from, kept.Low.Value)));
                return;
            }
            if (cancellationToken.WaitHandle.WaitOne(TimeSpan.FromMilliseconds(200))) cancellationToken.ThrowIfCancellationRequested();
        }
    }

    private void Assign(IConsumer<byte[]?, byte[]?> consumer, Offset offset) => consumer.Assign(new TopicPartitionOffset(_options.Topic, Only, offset));

    private void EndBy(Error error, ReadWindow window, ref string? said)
    {
        said = SaidBy(error, said);
        if (error.IsFatal || error.Code == ErrorCode.Local_AllBrokersDown) window.Fail(new($"{Name} cannot be reached: {said ?? error.Reason}"));
    }

    // That none can be reached says less than why.
    private static string? SaidBy(Error error, string? before) => error.Code == ErrorCode.Local_AllBrokersDown ? before : error.Reason;

    private static Task<T> OffThePool<T>(Func<T> ask) => Task.Factory.StartNew(ask, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    // The client would write to the process's standard error; what counts is told by errors.
    private static void Nothing<T>(T client, LogMessage message)
    {
    }
}
