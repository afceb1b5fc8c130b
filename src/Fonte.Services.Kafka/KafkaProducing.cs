using System.Globalization;
using System.Text;
using Confluent.Kafka;
using Confluent.Kafka.Admin;

namespace Fonte.Services.Kafka;

/// <summary>A producer of events, made when it is needed, and anew after a failure that it cannot get over. Thread-safe.</summary>
/// <param name="options">Where.</param>
internal sealed class KafkaProducing(KafkaServiceOptions options) : IDisposable
{
    internal const string TypeHeader = "type";

    private static readonly TimeSpan AskTimeout = TimeSpan.FromSeconds(5);
    private readonly SemaphoreSlim _opening = new(1);
    private IProducer<string, byte[]>? _producer;
    private volatile bool _isFatal;

    /// <summary>Makes the topics if they are missing, and returns the producer.</summary>
    /// <exception cref="KafkaException">That is not possible now.</exception>
    internal async Task<IProducer<string, byte[]>> OpenAsync(CancellationToken cancellationToken)
    {
        await _opening.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_producer is { } open && !_isFatal) return open;
            _producer?.Dispose();
            (_producer, _isFatal) = (null, false);
            await MakeTopicsAsync().ConfigureAwait(false);
            var settings = options.Broker.Client<ProducerConfig>();
            settings.Acks = Acks.All;
            settings.EnableIdempotence = true;
            settings.LingerMs = 0.5;
            settings.MessageTimeoutMs = 10_000;
            return _producer = new ProducerBuilder<string, byte[]>(settings).SetErrorHandler((_, error) => _isFatal |= error.IsFatal).SetLogHandler(static (_, _) => { }).Build();
        }
        finally
        {
            _opening.Release();
        }
    }

    internal static Headers Headers(params ReadOnlySpan<(string Name, string Value)> values)
    {
        // CloudEvents' Kafka binding, section 3.3: the structured mode.
        var headers = new Headers { { "content-type", "application/cloudevents+json"u8.ToArray() } };
        foreach (var (name, value) in values) headers.Add(name, Encoding.UTF8.GetBytes(value));
        return headers;
    }

    public void Dispose()
    {
        _producer?.Dispose();
        _opening.Dispose();
    }

    private async Task MakeTopicsAsync()
    {
        // Its calls block.
        await Task.Factory.StartNew(MakeTopics, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap().ConfigureAwait(false);

        async Task MakeTopics()
        {
            using var admin = new AdminClientBuilder(options.Broker.Client<AdminClientConfig>()).SetLogHandler(static (_, _) => { }).Build();
            foreach (var (topic, partitions) in ((string, int)[])[(options.Broker.Topic, options.Partitions), (options.Dead, 1)])
            {
                if (admin.GetMetadata(topic, AskTimeout).Topics.Single().Error.Code == ErrorCode.UnknownTopicOrPart) await MakeAsync(admin, topic, partitions).ConfigureAwait(false);
            }
        }
    }

    private async Task MakeAsync(IAdminClient admin, string topic, int partitions)
    {
        var settings = new Dictionary<string, string>
        {
            ["cleanup.policy"] = "delete",
            ["retention.ms"] = options.Broker.MaxAge > TimeSpan.Zero ? ((long)options.Broker.MaxAge.TotalMilliseconds).ToString(CultureInfo.InvariantCulture) : "-1",
        };
        try
        {
            await admin.CreateTopicsAsync([new() { Name = topic, NumPartitions = partitions, ReplicationFactor = options.Broker.Replicas, Configs = settings }], new() { RequestTimeout = AskTimeout, OperationTimeout = AskTimeout }).ConfigureAwait(false);
        }
        catch (CreateTopicsException exception) when (exception.Results.TrueForAll(result => result.Error.Code == ErrorCode.TopicAlreadyExists))
        {
            // Another service was faster.
        }
    }
}
