using Xunit;

namespace Fonte.Tests.Hub;

public sealed class SlowSubscriberTests
{
    [Fact]
    public async Task Slow_subscriber_delays_nobody_and_gets_everything_when_it_reads()
    {
        await using var hub = new TestHub(options: new() { RecentWindowBytes = 4096, ReplayCacheBytes = 4096 });
        await using var slow = hub.Subscribe("a", pauseBytes: 1024);
        await using var fast = hub.Subscribe("a");
        for (var n = 0; n < 500; n++)
        {
            await hub.PublishAsync("a", $"{n} {new string('x', 200)}");
            Assert.StartsWith($"{n} ", await fast.NextDataAsync(), StringComparison.Ordinal);
        }
        for (var n = 0; n < 500; n++) Assert.StartsWith($"{n} ", await slow.NextDataAsync(), StringComparison.Ordinal);
        await hub.PublishAsync("a", "live again");
        Assert.Equal("live again", await slow.NextDataAsync());
    }

    [Fact]
    public async Task Event_larger_than_every_buffer_arrives_whole()
    {
        await using var hub = new TestHub();
        await using var slow = hub.Subscribe("a", pauseBytes: 512);
        var large = string.Join('\n', Enumerable.Range(0, 100_000).Select(n => $"{n}"));
        await hub.PublishAsync("a", large);
        await hub.PublishAsync("a", "after");
        Assert.Equal(large, await slow.NextDataAsync());
        Assert.Equal("after", await slow.NextDataAsync());
    }

    [Fact]
    public async Task Subscriber_that_accepts_nothing_is_disconnected_after_the_write_timeout()
    {
        await using var hub = new TestHub(options: new() { WriteTimeout = TimeSpan.FromSeconds(60) });
        await using var stalled = hub.Subscribe("a", pauseBytes: 64);
        await using var witness = hub.Subscribe("a");
        await stalled.WaitUntilWrittenAsync();
        await hub.PublishAsync("a", new string('x', 1000));
        await witness.NextDataAsync();
        while (!stalled.Ended!.IsCompleted)
        {
            hub.Time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }
        Assert.Equal(new(DisconnectReason.WriteTimeout, AtBoundary: false), await stalled.Ended);
        Assert.True(hub.Time.GetUtcNow() - DateTimeOffset.UnixEpoch >= TimeSpan.FromSeconds(60));
    }

    [Fact]
    public async Task Subscriber_that_leaves_while_its_socket_is_full_is_let_go()
    {
        await using var hub = new TestHub();
        var stalled = hub.Subscribe("a", pauseBytes: 64);
        await stalled.WaitUntilWrittenAsync();
        await hub.PublishAsync("a", new string('x', 1000));
        await stalled.LeaveAsync();
        Assert.Equal(DisconnectReason.ClientGone, (await stalled.Ended!).Reason);
    }

    [Fact]
    public async Task Events_that_are_gone_when_a_slow_subscriber_reads_on_are_told_as_a_gap()
    {
        await using var hub = new TestHub(new MemoryEventLog(maxBytes: 20_000, TimeProvider.System), new() { RecentWindowBytes = 2000, ReplayCacheBytes = 1 });
        await using var slow = hub.Subscribe("a", pauseBytes: 256);
        await slow.WaitUntilWrittenAsync();
        for (var n = 1; n <= 500; n++) await hub.PublishAsync("a", $"{n} {new string('x', 40)}");
        var (seen, gap) = (0L, false);
        while (seen < 500)
        {
            var next = await slow.NextAsync();
            if (next.EventType == "fonte-gap")
            {
                gap = true;
                Assert.Contains("\"reason\":\"truncated\"", next.Data, StringComparison.Ordinal);
                Assert.Contains($"\"from\":\"urn:fonte:{hub.Log.Identity.Epoch}:{seen}\"", next.Data, StringComparison.Ordinal);
                Assert.True(Position.TryParse(next.EventId, out var position));
                seen = position.Offset;
                continue;
            }
            Assert.StartsWith($"{seen + 1} ", next.Data, StringComparison.Ordinal);
            seen++;
        }
        Assert.True(gap);
    }

    [Fact]
    public async Task Quiet_subscriber_that_stalls_is_told_of_no_gap_where_nothing_was_for_it()
    {
        await using var hub = new TestHub(new MemoryEventLog(maxBytes: 20_000, TimeProvider.System), new() { RecentWindowBytes = 2000, ReplayCacheBytes = 1 });
        // Room for the stream's beginning, which is not read yet, but not for a heartbeat behind it.
        await using var quiet = hub.Subscribe("quiet", pauseBytes: 64);
        // A witness on every pump, so that none of them is left behind by the small window.
        var witnesses = Enumerable.Range(0, Environment.ProcessorCount).Select(_ => hub.Subscribe("busy")).ToList();
        await quiet.WaitUntilWrittenAsync();
        for (var n = 1; n <= 500; n++)
        {
            await hub.PublishAsync("busy", new string('x', 40));
            foreach (var witness in witnesses) await witness.NextDataAsync();
        }
        // A heartbeat fills the pipe, so the subscriber is parked without an event of its own.
        for (var second = 0; second < 17; second++) hub.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Contains("\n:\nid: ", await quiet.ReadTextAsync(64), StringComparison.Ordinal);
        await hub.PublishAsync("quiet", "last");
        Assert.Equal("last", await quiet.NextDataAsync());
        foreach (var witness in witnesses) await witness.DisposeAsync();
    }

    [Fact]
    public async Task Subscriber_that_declined_to_be_told_of_gaps_is_disconnected_by_one()
    {
        await using var hub = new TestHub(new MemoryEventLog(maxBytes: 20_000, TimeProvider.System), new() { RecentWindowBytes = 2000, ReplayCacheBytes = 1 });
        await using var slow = hub.Subscribe("a", pauseBytes: 256, tellGaps: false);
        await slow.WaitUntilWrittenAsync();
        for (var n = 1; n <= 500; n++) await hub.PublishAsync("a", $"{n} {new string('x', 40)}");
        while (!slow.Ended!.IsCompleted) await slow.ReadTextAsync(1);
        Assert.Equal(DisconnectReason.Gap, (await slow.Ended).Reason);
    }
}
