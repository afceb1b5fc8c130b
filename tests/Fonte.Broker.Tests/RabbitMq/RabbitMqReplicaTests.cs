using System.Diagnostics;
using System.Text;
using Fonte.RabbitMQ;
using Xunit;

namespace Fonte.Broker.Tests;

/// <summary>Replicas of a stream, whose broker dies and comes back.</summary>
public sealed class RabbitMqReplicaTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fonte-replica").FullName;
    private RabbitServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await RabbitServer.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Broker_that_is_killed_under_load_loses_nothing_acknowledged_and_is_followed_within_five_seconds()
    {
        await using var one = await StartAsync("1");
        await using var two = await StartAsync("2");
        await using var load = new ReplicaLoad(one, two);
        await load.UntilAcknowledgedAsync(500);
        await _server.KillAsync();
        await TestNode.UntilAsync(() => one.Fault is not null && two.Fault is not null && load.Refused > 0);
        await _server.RunAsync();
        var back = Stopwatch.StartNew();
        await TestNode.UntilAsync(() => one.Fault is null && two.Fault is null);
        Assert.True(back.Elapsed < TimeSpan.FromSeconds(5), $"It took {back.Elapsed}.");
        await load.UntilAcknowledgedAsync(500);
        await load.ProveAsync();
    }

    [Fact]
    public async Task Broker_whose_memory_is_full_holds_nobody()
    {
        await using var one = await StartAsync("1");
        await one.AppendAsync("a", "1");
        await _server.ControlAsync("set_vm_memory_high_watermark", "absolute", "1000");
        var begun = Stopwatch.StartNew();
        while ((await one.AppendAsync("a", "maybe")).Outcome == AppendOutcome.Appended) Assert.InRange(begun.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(15));
        await TestNode.UntilAsync(() => one.Fault is not null);
        Assert.InRange(begun.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(20));
        // What is here is served.
        Assert.Equal("1", one.Data().First());
        await _server.ControlAsync("set_vm_memory_high_watermark", "0.4");
        await TestNode.UntilAsync(() => one.Fault is null);
        Assert.Equal(AppendOutcome.Appended, (await one.AppendAsync("a", "2")).Outcome);
        Assert.Equal("2", one.Data().Last());
    }

    [Fact]
    public async Task Stream_that_is_deleted_and_made_again_is_another()
    {
        await using var one = await StartAsync("1");
        await using var two = await StartAsync("2");
        for (var n = 0; n < 100; n++) await one.AppendAsync("a", $"{n}");
        var before = one.Log.Identity;
        await using (var connection = await new global::RabbitMQ.Client.ConnectionFactory { Uri = _server.Url }.CreateConnectionAsync(TestNode.Stop))
        await using (var channel = await connection.CreateChannelAsync(cancellationToken: TestNode.Stop))
            await channel.QueueDeleteAsync("fonte", ifUnused: false, ifEmpty: false, cancellationToken: TestNode.Stop);
        await TestNode.UntilAsync(() => one.HasLog && one.Log.Identity.Epoch != before.Epoch && one.Fault is null);
        await TestNode.UntilAsync(() => two.HasLog && two.Log.Identity.Epoch == one.Log.Identity.Epoch && two.Fault is null);
        Assert.False(one.Log.Identity.Includes(before.At(50)));
        var result = await two.AppendAsync("a", "new");
        await one.CurrentAsync(result.Offset + 1);
        Assert.Equal(["new"], one.Data());
    }

    [Fact]
    public async Task Folder_that_is_lost_is_made_anew_and_offsets_that_are_left_out_are_no_matter()
    {
        // Segments as small as the broker allows: it leaves an offset out where one begins.
        await using var one = await StartAsync("1", segmentBytes: 1_000_000);
        var data = new string('x', 50_000);
        for (var n = 0; n < 100; n++) Assert.Equal(AppendOutcome.Appended, (await one.AppendAsync("a", $"{n}:{data}")).Outcome);
        var offsets = one.Events().Select(logged => logged.Offset).ToList();
        await using (var two = await StartAsync("2", segmentBytes: 1_000_000)) await two.CurrentAsync(offsets[^1] + 1);
        Directory.Delete(Path.Combine(_folder, "2"), recursive: true);
        await using var again = await StartAsync("2", segmentBytes: 1_000_000);
        await again.CurrentAsync(offsets[^1] + 1);
        Assert.Equal(offsets, again.Events().Select(logged => logged.Offset));
        Assert.Equal(one.Events().Select(logged => (logged.TimeMicroseconds, Encoding.UTF8.GetString(logged.Data.Span))), again.Events().Select(logged => (logged.TimeMicroseconds, Encoding.UTF8.GetString(logged.Data.Span))));
    }

    private Task<TestNode> StartAsync(string name, long segmentBytes = 100_000_000) =>
        TestNode.StartAsync(new RabbitMqLog(new() { Urls = [_server.Url], SegmentBytes = segmentBytes }), Path.Combine(_folder, name));
}
