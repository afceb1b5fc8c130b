using System.Diagnostics;
using Fonte.Kafka;
using Xunit;

namespace Fonte.Broker.Tests;

/// <summary>Replicas of a topic, whose brokers go and come back. On the stand-in alone: a real cluster is not ours to stop.</summary>
/// <remarks>The stand-in does not look at an idempotent producer's numbers: what it took before a connection was lost it takes again. So events have keys here, as they should.</remarks>
public sealed class KafkaReplicaTests : IAsyncLifetime
{
    private const string Topic = "fonte";
    private readonly string _folder = Directory.CreateTempSubdirectory("fonte-replica").FullName;
    private KafkaStandIn _cluster = null!;

    public async ValueTask InitializeAsync()
    {
        _cluster = await KafkaStandIn.StartAsync();
        await _cluster.DoAsync($"topic {Topic} 1");
    }

    public async ValueTask DisposeAsync()
    {
        await _cluster.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Brokers_that_are_down_under_load_lose_nothing_acknowledged_and_are_followed_within_five_seconds()
    {
        await using var one = await StartAsync("1");
        await using var two = await StartAsync("2");
        await using var load = new ReplicaLoad(one, two, withKeys: true);
        await load.UntilAcknowledgedAsync(500);
        await _cluster.DoAsync("down");
        await TestNode.UntilAsync(() => one.Fault is not null && two.Fault is not null && load.Refused > 0);
        await _cluster.DoAsync("up");
        var back = Stopwatch.StartNew();
        await TestNode.UntilAsync(() => one.Fault is null && two.Fault is null);
        Assert.True(back.Elapsed < TimeSpan.FromSeconds(5), $"It took {back.Elapsed}.");
        await load.UntilAcknowledgedAsync(500);
        await load.ProveAsync();
    }

    [Fact]
    public async Task Requests_that_fail_now_and_then_lose_nothing_and_double_nothing()
    {
        // Not the leader any more, timed out, the connection lost.
        const string errors = "6 7 -195 0 0 6 -195 7 0 -195";
        await using var one = await StartAsync("1");
        await using var two = await StartAsync("2");
        await using var load = new ReplicaLoad(one, two, withKeys: true);
        for (var round = 0; round < 5; round++)
        {
            await load.UntilAcknowledgedAsync(200);
            await _cluster.DoAsync($"fail {KafkaStandIn.ProduceRequest} {errors}");
            await _cluster.DoAsync($"fail {KafkaStandIn.FetchRequest} {errors}");
        }
        await load.UntilAcknowledgedAsync(500);
        await load.ProveAsync();
    }

    [Fact]
    public async Task Topic_that_is_deleted_and_made_again_is_another()
    {
        await using var one = await StartAsync("1");
        for (var n = 0; n < 100; n++) await one.AppendAsync("a", $"{n}");
        var before = one.Log.Identity;
        await _cluster.DoAsync($"delete {Topic}");
        await _cluster.DoAsync($"topic {Topic} 1");
        await TestNode.UntilAsync(() => one.HasLog && one.Log.Identity.Epoch != before.Epoch && one.Fault is null);
        Assert.False(one.Log.Identity.Includes(before.At(50)));
        await one.AppendAsync("a", "new");
        Assert.Equal(["new"], one.Data());
    }

    [Fact]
    public async Task Node_that_was_away_longer_than_the_topic_keeps_begins_at_what_is_kept()
    {
        await using var one = await StartAsync("1");
        await using (var two = await StartAsync("2"))
        {
            await one.AppendAsync("a", "old");
            await two.CurrentAsync(one.Log.NextOffset);
        }
        for (var n = 0; n < 100; n++) await one.AppendAsync("a", $"{n}");
        await _cluster.DoAsync($"trim {Topic} {one.Events()[50].Offset - 1}");
        await using var again = await StartAsync("2");
        await again.CurrentAsync(one.Events()[^1].Offset + 1);
        Assert.Equal(one.Log.Identity.Epoch, again.Log.Identity.Epoch);
        Assert.Equal(one.Data().Skip(50), again.Data());
    }

    private Task<TestNode> StartAsync(string name) => TestNode.StartAsync(new KafkaLog(_cluster.Log(Topic)), Path.Combine(_folder, name));
}
