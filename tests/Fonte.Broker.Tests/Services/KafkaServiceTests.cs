using System.Globalization;
using System.Text;
using Confluent.Kafka;
using Fonte.Services;
using Fonte.Services.Kafka;
using Fonte.Services.Tests;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Fonte.Broker.Tests.Services;

/// <summary>Services over consumer groups of the Kafka stand-in.</summary>
public sealed class KafkaServiceTests : ServiceContract
{
    private Broker _kafka = null!;

    private protected override async Task<IServiceBroker> StartAsync(string folder)
    {
        var cluster = await KafkaStandIn.StartAsync();
        await cluster.DoAsync("topic services 4");
        await cluster.DoAsync("topic services.dead 1");
        return _kafka = new(cluster);
    }

    [Fact]
    public async Task Dead_letter_is_also_at_the_broker_with_its_reason()
    {
        await using var service = Service("first", "start", "end", _ => throw new ImpossibleEventException("a negative amount"));
        service.Start();
        Send(service, "start", "k", 1);
        await TestService.UntilAsync(() => service.Store.Counts().Dead == 1);
        using var consumer = new ConsumerBuilder<string, byte[]>(new ConsumerConfig { BootstrapServers = _kafka.Cluster.Servers, GroupId = "test" }).Build();
        consumer.Assign(new TopicPartitionOffset("services.dead", 0, Offset.Beginning));
        var letter = await Task.Run(() => consumer.Consume(Stop), Stop);
        Assert.True(letter.Message.Headers.TryGetLastBytes("reason", out var reason));
        Assert.Equal("a negative amount", Encoding.UTF8.GetString(reason));
        Assert.Equal(service.Store.DeadLetters(1).Single().Envelope.ToArray(), letter.Message.Value);
    }

    private sealed class Broker(KafkaStandIn cluster) : IServiceBroker
    {
        internal KafkaStandIn Cluster => cluster;

        public Task StartAsync() => cluster.DoAsync("up");

        public Task StopAsync() => cluster.DoAsync("down");

        public IConsumerGroup Group(string name, ServiceStore store, int maxAttempts, TimeSpan redeliveryDelay) => new KafkaConsumerGroup(name, store, Options(maxAttempts, redeliveryDelay), NullLogger<KafkaConsumerGroup>.Instance);

        public IEventSender Sender() => new KafkaEventSender(Options(5, TimeSpan.Zero));

        public async Task PublishAsync(string type, string key, string text)
        {
            using var sender = new KafkaEventSender(Options(5, TimeSpan.Zero));
            await sender.SendAsync([new("/s", Guid.NewGuid().ToString("N", CultureInfo.InvariantCulture), type, key, Encoding.UTF8.GetBytes(text))], Stop);
        }

        public ValueTask DisposeAsync() => cluster.DisposeAsync();

        private KafkaServiceOptions Options(int maxAttempts, TimeSpan redeliveryDelay) => new()
        {
            Broker = cluster.Log("services"),
            Groups = [new("start", ["start"]), new("middle", ["middle"]), new("end", ["end"])],
            MaxAttempts = maxAttempts,
            RedeliveryDelay = redeliveryDelay,
        };
    }
}
