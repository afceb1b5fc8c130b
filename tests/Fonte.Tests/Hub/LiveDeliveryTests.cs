using Xunit;

namespace Fonte.Tests.Hub;

public sealed class LiveDeliveryTests
{
    [Fact]
    public async Task Stream_begins_with_retry_and_position()
    {
        await using var hub = new TestHub();
        await hub.PublishAsync("a", "before");
        await using var stream = hub.Subscribe("a");
        var text = await stream.ReadTextAsync(40);
        Assert.Matches($"^retry: [0-9]+\n\nid: urn:fonte:{hub.Log.Identity.Epoch}:1\n\n$", text);
        Assert.Null(stream.Start.LastEventId);
    }

    [Fact]
    public async Task Reconnection_time_is_spread_by_half()
    {
        await using var hub = new TestHub(options: new() { ReconnectionTime = TimeSpan.FromSeconds(2) });
        var times = Enumerable.Range(0, 200).Select(_ => hub.Hub.ReconnectionMilliseconds()).ToList();
        Assert.All(times, time => Assert.InRange(time, 1000, 3000));
        Assert.True(times.Max() - times.Min() > 1500);
    }

    [Fact]
    public async Task Event_reaches_who_matches_and_nobody_else()
    {
        await using var hub = new TestHub();
        await using var a = hub.Subscribe("a");
        await using var b = hub.Subscribe("b");
        await using var all = hub.Subscribe("*");
        var id = await hub.PublishAsync("a", "1");
        await hub.PublishAsync("b", "2");
        var first = await a.NextAsync();
        Assert.Equal(("1", id, "message"), (first.Data, first.EventId, first.EventType));
        Assert.Equal("2", await b.NextDataAsync());
        Assert.Equal(["1", "2"], [await all.NextDataAsync(), await all.NextDataAsync()]);
    }

    [Fact]
    public async Task Event_that_two_matchers_select_comes_once()
    {
        await using var hub = new TestHub();
        await using var stream = hub.Subscribe(["a", "b", "*"]);
        await hub.Hub.PublishAsync(new EventDraft { Topics = ["a", "b"], Data = "1"u8.ToArray() }, TestHub.Stop);
        await hub.PublishAsync("b", "2");
        Assert.Equal(["1", "2"], [await stream.NextDataAsync(), await stream.NextDataAsync()]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Private_event_reaches_only_who_is_granted_a_topic_of_it(bool replayed)
    {
        await using var hub = new TestHub();
        if (replayed) await PublishAsync();
        var cursor = replayed ? "earliest" : null;
        await using var stranger = hub.Subscribe("*", cursor);
        await using var granted = hub.Subscribe("*", cursor, grant: "a");
        await using var other = hub.Subscribe("a", cursor, grant: "b");
        if (!replayed) await PublishAsync();
        Assert.Equal("public", await stranger.NextDataAsync());
        Assert.Equal(["private", "public"], [await granted.NextDataAsync(), await granted.NextDataAsync()]);
        Assert.Equal("public", await other.NextDataAsync());

        async Task PublishAsync()
        {
            await hub.PublishAsync("a", "private", isPrivate: true);
            await hub.PublishAsync("a", "public");
        }
    }

    [Fact]
    public async Task Idle_stream_gets_heartbeats_with_the_current_position()
    {
        await using var hub = new TestHub(options: new() { HeartbeatInterval = TimeSpan.FromSeconds(15) });
        await using var stream = hub.Subscribe("quiet");
        await stream.ReadTextAsync(40);
        // One on every pump, so that the stream's own has seen the event too.
        var witnesses = Enumerable.Range(0, Environment.ProcessorCount).Select(_ => hub.Subscribe("*")).ToList();
        await hub.PublishAsync("other", "1");
        foreach (var witness in witnesses) await witness.NextDataAsync();
        // The pumps take the time of the fake clock when they work, so each second is given its turn.
        for (var second = 0; second < 17; second++) hub.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.StartsWith($":\nid: urn:fonte:{hub.Log.Identity.Epoch}:1\n\n", await stream.ReadTextAsync(20), StringComparison.Ordinal);
        foreach (var witness in witnesses) await witness.DisposeAsync();
    }

    [Fact]
    public async Task Rejected_event_is_not_in_the_log()
    {
        await using var hub = new TestHub();
        var result = await hub.Hub.PublishAsync(EventDraft.Create("*", "1"), TestHub.Stop);
        Assert.Equal((PublishOutcome.Rejected, EventProblem.TopicReserved), (result.Outcome, result.Fault?.Problem));
        Assert.Equal(1, hub.Log.NextOffset);
    }

    [Fact]
    public async Task Publishers_own_id_is_answered_and_delivered()
    {
        await using var hub = new TestHub();
        await using var stream = hub.Subscribe("a");
        Assert.Equal("mine", await hub.PublishAsync("a", "1", id: "mine"));
        Assert.Equal("mine", (await stream.NextAsync()).EventId);
    }

    [Fact]
    public async Task Full_hub_takes_no_more_subscribers_until_one_leaves()
    {
        await using var hub = new TestHub(options: new() { MaxSubscribers = 1 });
        var first = hub.Subscribe("a");
        await using (var second = hub.Subscribe("a")) Assert.Null(second.Ended);
        await first.DisposeAsync();
        await using var third = hub.Subscribe("a");
        Assert.NotNull(third.Ended);
    }

    [Fact]
    public async Task Stream_ends_between_two_events_when_its_lifetime_is_over()
    {
        await using var hub = new TestHub(options: new() { StreamLifetime = TimeSpan.FromMinutes(10) });
        await using var stream = hub.Subscribe("a");
        await hub.PublishAsync("a", "1");
        Assert.Equal("1", await stream.NextDataAsync());
        hub.Time.Advance(TimeSpan.FromMinutes(7));
        await hub.PublishAsync("a", "2");
        Assert.Equal("2", await stream.NextDataAsync());
        hub.Time.Advance(TimeSpan.FromMinutes(3));
        Assert.Equal(new(DisconnectReason.Lifetime, AtBoundary: true), await stream.Ended!);
    }

    [Fact]
    public async Task Draining_ends_some_streams_at_a_time()
    {
        await using var hub = new TestHub(options: new() { DrainRate = 20 * Environment.ProcessorCount });
        var streams = Enumerable.Range(0, 4 * Environment.ProcessorCount).Select(_ => hub.Subscribe("a")).ToList();
        hub.Hub.Drain();
        for (var round = 1; round <= 4; round++)
        {
            hub.Time.Advance(TimeSpan.FromMilliseconds(round == 1 ? 0 : 50));
            var expected = round * Environment.ProcessorCount;
            while (hub.Hub.Subscribers > streams.Count - expected) await Task.Yield();
            Assert.Equal(streams.Count - expected, hub.Hub.Subscribers);
        }
        foreach (var stream in streams)
        {
            Assert.Equal(new(DisconnectReason.Draining, AtBoundary: true), await stream.Ended!);
            await stream.DisposeAsync();
        }
    }

    [Fact]
    public async Task Draining_ends_every_stream_cleanly_and_takes_no_new_one()
    {
        await using var hub = new TestHub();
        var streams = Enumerable.Range(0, 5).Select(_ => hub.Subscribe("a")).ToList();
        foreach (var stream in streams) await stream.ReadTextAsync(40);
        hub.Hub.Drain();
        foreach (var stream in streams) Assert.Equal(new(DisconnectReason.Draining, AtBoundary: true), await stream.Ended!);
        await using var late = hub.Subscribe("a");
        Assert.Null(late.Ended);
        Assert.Equal(0, hub.Hub.Subscribers);
    }
}
