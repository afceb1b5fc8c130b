using System.Diagnostics;
using Xunit;

namespace Fonte.Broker.Tests.Hubs;

/// <summary>Three hubs, one log: hubs and brokers are killed with <c>kill -9</c> under load.</summary>
public sealed class ThreeHubsTests
{
    [Fact]
    public async Task Hubs_on_RabbitMQ_that_are_killed_and_one_that_loses_its_disk_lose_nothing_double_nothing_and_keep_one_order()
    {
        await using var rabbit = await RabbitServer.StartAsync();
        await using var hubs = await ThreeHubs.StartAsync("rabbitmq", rabbit.Url.ToString());
        await ProveWithKilledHubsAsync(hubs, wiped: 3);
    }

    [Fact]
    public async Task Hubs_on_Kafka_that_are_killed_lose_nothing_double_nothing_and_keep_one_order()
    {
        await using var cluster = await KafkaAsync();
        await using var hubs = await ThreeHubs.StartAsync("kafka", cluster.Url);
        await ProveWithKilledHubsAsync(hubs, wiped: null);
    }

    [Fact]
    public async Task RabbitMQ_that_is_killed_under_load_is_answered_with_503_and_followed_within_five_seconds()
    {
        await using var rabbit = await RabbitServer.StartAsync();
        await using var hubs = await ThreeHubs.StartAsync("rabbitmq", rabbit.Url.ToString());
        await ProveWithDeadBrokerAsync(hubs, rabbit.KillAsync, rabbit.RunAsync);
    }

    [Fact]
    public async Task Kafka_that_is_down_under_load_is_answered_with_503_and_followed_within_five_seconds()
    {
        await using var cluster = await KafkaAsync();
        await using var hubs = await ThreeHubs.StartAsync("kafka", cluster.Url);
        await ProveWithDeadBrokerAsync(hubs, () => cluster.DoAsync("down"), () => cluster.DoAsync("up"));
    }

    [Fact]
    public async Task Cluster_of_RabbitMQ_that_loses_the_leader_of_the_stream_takes_events_again_within_ten_seconds()
    {
        var brokers = await RabbitServer.StartClusterAsync(3);
        try
        {
            await using var hubs = await ThreeHubs.StartAsync("rabbitmq", string.Join(',', brokers.Select(broker => broker.Url)));
            var queues = await brokers[0].ControlAsync("list_queues", "name", "leader", "members");
            var leader = Assert.Single(brokers, broker => queues.Contains($"fonte\t{broker.Node}", StringComparison.Ordinal));
            // Each broker has a copy.
            Assert.All(brokers, broker => Assert.Contains(broker.Node, queues[queues.IndexOf('[', StringComparison.Ordinal)..], StringComparison.Ordinal));
            var proof = new ThreeHubsProof(hubs, subscribers: 60, events: 6000);
            await proof.RunAsync(every: 3000, async _ =>
            {
                await leader.KillAsync();
                await proof.UntilPublishedAsync(500);
                await leader.RunAsync();
            });
            Assert.InRange(proof.LongestWait, TimeSpan.Zero, TimeSpan.FromSeconds(10));
        }
        finally
        {
            foreach (var broker in brokers.Reverse()) await broker.DisposeAsync();
        }
    }

    private static async Task<KafkaStandIn> KafkaAsync()
    {
        var cluster = await KafkaStandIn.StartAsync();
        await cluster.DoAsync("topic fonte 1");
        return cluster;
    }

    private static async Task ProveWithKilledHubsAsync(ThreeHubs hubs, int? wiped)
    {
        const int subscribers = 300;
        const int events = 20_000;
        var gone = await new ThreeHubsProof(hubs, subscribers, events).RunAsync(every: events / 5, n => hubs.KillAsync(n % ThreeHubs.Count, wipe: n == wiped));
        // Four times a third of them, at least, had to go.
        Assert.InRange(gone, 4 * subscribers / ThreeHubs.Count, int.MaxValue);
    }

    private static async Task ProveWithDeadBrokerAsync(ThreeHubs hubs, Func<Task> kill, Func<Task> start)
    {
        var proof = new ThreeHubsProof(hubs, subscribers: 60, events: 4000);
        await proof.RunAsync(every: 2000, async _ =>
        {
            await kill();
            await TestNode.UntilAsync(() => proof.Refusals > 20);
            Assert.StartsWith("503", await hubs.ReadinessAsync(0), StringComparison.Ordinal);
            await start();
            var back = Stopwatch.StartNew();
            await hubs.UntilAllReadyAsync();
            await proof.UntilPublishedAsync(100);
            Assert.InRange(back.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(5));
        });
    }
}
