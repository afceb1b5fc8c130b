using System.Diagnostics;
using Confluent.Kafka;
using Fonte.Kafka;
using Fonte.RabbitMQ;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace Fonte.ReplicaBench;

/// <summary>A log at a broker, and how its own client reads it.</summary>
internal abstract class BenchBroker : IAsyncDisposable
{
    internal abstract ISharedLog Log { get; }

    internal static BenchBroker Of(string url, string name) => url.StartsWith("kafka:", StringComparison.Ordinal) ? new OnKafka(url, name) : new OnRabbitMq(new(url), name);

    internal abstract ISharedLog Connect();

    /// <summary>Reads so many records and does nothing with them.</summary>
    internal abstract Task<TimeSpan> ReadBareAsync(int count);

    public virtual ValueTask DisposeAsync() => Log.DisposeAsync();

    private sealed class OnRabbitMq(Uri url, string name) : BenchBroker
    {
        internal override ISharedLog Log { get; } = new RabbitMqLog(new() { Url = url, Name = name });

        internal override ISharedLog Connect() => new RabbitMqLog(new() { Url = url, Name = name });

        internal override async Task<TimeSpan> ReadBareAsync(int count)
        {
            await using var connection = await new ConnectionFactory { Uri = url }.CreateConnectionAsync();
            await using var channel = await connection.CreateChannelAsync();
            await channel.BasicQosAsync(0, 1000, global: false);
            var (read, done) = (0, new TaskCompletionSource());
            var consumer = new AsyncEventingBasicConsumer(channel);
            consumer.ReceivedAsync += async (_, delivery) =>
            {
                if (++read % 200 == 0) await channel.BasicAckAsync(delivery.DeliveryTag, multiple: true);
                if (read == count) done.SetResult();
            };
            var took = Stopwatch.StartNew();
            await channel.BasicConsumeAsync(name, autoAck: false, "", noLocal: false, exclusive: false, new Dictionary<string, object?> { ["x-stream-offset"] = "first" }, consumer);
            await done.Task;
            return took.Elapsed;
        }

        public override async ValueTask DisposeAsync()
        {
            await using (var connection = await new ConnectionFactory { Uri = url }.CreateConnectionAsync())
            await using (var channel = await connection.CreateChannelAsync())
            {
                await channel.QueueDeleteAsync(name);
                await channel.ExchangeDeleteAsync(name);
            }
            await base.DisposeAsync();
        }
    }

    private sealed class OnKafka(string url, string name) : BenchBroker
    {
        private readonly KafkaLogOptions _options = KafkaLogOptions.Parse(url, name);

        internal override ISharedLog Log => field ??= Connect();

        internal override ISharedLog Connect() => new KafkaLog(_options);

        internal override Task<TimeSpan> ReadBareAsync(int count) => Task.Run(() =>
        {
            using var consumer = new ConsumerBuilder<Ignore, byte[]>(new ConsumerConfig { BootstrapServers = _options.Servers, GroupId = "bare", EnableAutoCommit = false }).Build();
            var took = Stopwatch.StartNew();
            consumer.Assign(new TopicPartitionOffset(name, 0, Offset.Beginning));
            for (var read = 0; read < count; read++) consumer.Consume();
            return took.Elapsed;
        });
    }
}
