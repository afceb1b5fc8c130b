using Xunit;

namespace Fonte.Broker.Tests.Hubs;

/// <summary>Three hubs, one log: 300 subscribers, 20,000 events, and hubs killed with <c>kill -9</c> in turn.</summary>
public sealed class ThreeHubsTests
{
    private const int Subscribers = 300;
    private const int Events = 20_000;

    [Fact]
    public async Task Hubs_on_RabbitMQ_that_are_killed_and_one_that_loses_its_disk_lose_nothing_double_nothing_and_keep_one_order()
    {
        await using var rabbit = await RabbitServer.StartAsync();
        await using var hubs = await ThreeHubs.StartAsync("rabbitmq", rabbit.Url.ToString());
        await new ThreeHubsProof(hubs, Subscribers, Events).RunAsync(every: Events / 5, n => hubs.KillAsync(n % ThreeHubs.Count, wipe: n == 3));
    }

    [Fact]
    public async Task Hubs_on_Kafka_that_are_killed_lose_nothing_double_nothing_and_keep_one_order()
    {
        await using var cluster = await KafkaStandIn.StartAsync();
        await cluster.DoAsync("topic fonte 1");
        await using var hubs = await ThreeHubs.StartAsync("kafka", cluster.Url);
        await new ThreeHubsProof(hubs, Subscribers, Events).RunAsync(every: Events / 5, n => hubs.KillAsync(n % ThreeHubs.Count));
    }
}
