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

    /// <summary>Reads so many records and does nothing with them; those that are filled in meanwhile, or else those that are there.</summary>
    internal abstract Task<TimeSpan> ReadBareAsync(int count, Func<Task>? fill);

    public virtual ValueTask DisposeAsync() => Log.DisposeAsync();

    private sealed class OnRabbitMq(Uri url, string name) : BenchBroker
    {
        internal override ISharedLog Log { get; } = new RabbitMqLog(new() { Urls = [url], Name = name });

        internal override ISharedLog Connect() => new RabbitMqLog(new() { Urls = [url], Name = name });

        internal override async Task<TimeSpan> ReadBareAsync(int count, Func<Task>? fill)
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
            await channel.BasicConsumeAsync(name, autoAck: false, "", noLocal: false, exclusive: false, new Dictionary<string, object?> { ["x-stream-offset"] = fill is null ? "first" : "next" }, consumer);
            if (fill is not null) await fill();
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

        internal override Task<TimeSpan> ReadBareAsync(int count, Func<Task>? fill) => Task.Run(async () =>
        {
            using var consumer = new ConsumerBuilder<Ignore, byte[]>(new ConsumerConfig { BootstrapServers = _options.Servers, GroupId = "bare", EnableAutoCommit = false, FetchWaitMaxMs = 5 }).Build();
            var took = Stopwatch.StartNew();
            consumer.Assign(new TopicPartitionOffset(name, 0, fill is null ? Offset.Beginning : Offset.End));
            // Where the end is is found out by asking.
            if (fill is not null) consumer.Consume(TimeSpan.FromSeconds(1));
            took.Restart();
            var filling = fill?.Invoke() ?? Task.CompletedTask;
            for (var read = 0; read < count; read++) consumer.Consume();
            await filling;
            return took.Elapsed;
        });
    }
}
