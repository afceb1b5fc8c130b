using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Fonte.Tests.Hub;

/// <summary>What retention or erasure took from behind a cursor is told, wherever the subscriber is at that moment.</summary>
public sealed class TruncationTests : IDisposable
{
    private readonly Log.TemporaryFolder _folder = new();
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UnixEpoch.AddYears(56));

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Resume_below_what_a_topic_has_lost_is_told_once_and_goes_on_with_what_is_kept()
    {
        await using var log = Open(new() { Pattern = "state", KeepLast = 1 });
        await using var hub = new TestHub(log);
        var first = await hub.PublishAsync("state", "1");
        await hub.PublishAsync("other", "o");
        await hub.PublishAsync("state", "2");
        await hub.PublishAsync("state", "3");
        await log.UpkeepAsync();
        await using var stream = hub.Subscribe("state", first);
        Assert.Equal(("earliest", GapReason.Truncated), (stream.Start.LastEventId, stream.Start.Gap?.Reason));
        var gap = await stream.NextAsync();
        Assert.Equal(("fonte-gap", hub.Log.Identity.At(3).ToString()), (gap.EventType, gap.EventId));
        Assert.Equal($$"""{"reason":"truncated","from":"{{first}}","oldest":"{{hub.Log.Identity.At(4)}}"}""", gap.Data);
        Assert.Equal("3", await stream.NextDataAsync());
        await using var again = hub.Subscribe("state", gap.EventId);
        Assert.Null(again.Start.Gap);
        Assert.Equal("3", await again.NextDataAsync());
        await using var untouched = hub.Subscribe("other", first);
        Assert.Null(untouched.Start.Gap);
        Assert.Equal("o", await untouched.NextDataAsync());
    }

    [Fact]
    public async Task Earliest_of_a_topic_that_lost_events_is_told_no_gap()
    {
        await using var log = Open(new() { Pattern = "state", KeepLast = 1 });
        await using var hub = new TestHub(log, new() { RecentWindowBytes = 1 });
        for (var n = 1; n <= 5; n++) await hub.PublishAsync("state", $"{n}");
        await log.UpkeepAsync();
        await using var stream = hub.Subscribe("state", "earliest");
        Assert.Equal("5", await stream.NextDataAsync());
    }

    [Fact]
    public async Task Gap_that_opens_while_a_topic_is_replayed_is_told_before_what_comes_after_it()
    {
        await using var log = Open(new() { Pattern = "state", KeepLast = 3 });
        await using var hub = new TestHub(log, new() { RecentWindowBytes = 1, ReplayCacheBytes = 1 });
        for (var n = 1; n <= 1000; n++) await hub.PublishAsync("state", $"{n} {new string('x', 300)}");
        await using var slow = hub.Subscribe("state", "earliest", pauseBytes: 1000);
        Assert.StartsWith("1 ", await slow.NextDataAsync(), StringComparison.Ordinal);
        await log.UpkeepAsync();
        var last = 1;
        while (true)
        {
            var next = await slow.NextAsync();
            if (next.EventType == "fonte-gap")
            {
                Assert.Contains("\"reason\":\"truncated\"", next.Data, StringComparison.Ordinal);
                break;
            }
            Assert.Equal(++last, int.Parse(next.Data.Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture));
        }
        Assert.InRange(last, 1, 996);
        Assert.StartsWith("998 ", await slow.NextDataAsync(), StringComparison.Ordinal);
        Assert.StartsWith("999 ", await slow.NextDataAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Event_that_goes_below_the_mark_of_another_topic_is_told_too()
    {
        await using var log = Open(new() { Pattern = "state/*", KeepLast = 1 });
        await using var hub = new TestHub(log, new() { RecentWindowBytes = 1, ReplayCacheBytes = 1 });
        for (var n = 1; n <= 1000; n++) await hub.PublishAsync(n == 900 ? "state/b" : "log", $"{n} {new string('x', 300)}");
        for (var n = 0; n < 2; n++) await hub.PublishAsync("state/a", "high mark");
        await log.UpkeepAsync();
        await using var slow = hub.Subscribe("*", "earliest", pauseBytes: 1000);
        Assert.StartsWith("1 ", await slow.NextDataAsync(), StringComparison.Ordinal);
        await hub.PublishAsync("state/b", "new");
        await log.UpkeepAsync();
        var told = false;
        while (await slow.NextAsync() is var next && !next.Data.StartsWith("901 ", StringComparison.Ordinal))
        {
            told |= next.EventType == "fonte-gap";
            Assert.False(next.Data.StartsWith("900 ", StringComparison.Ordinal));
        }
        Assert.True(told);
    }

    [Fact]
    public async Task Erased_event_is_not_sent_from_memory_to_who_comes_later()
    {
        await using var log = Open(new() { Pattern = "none", KeepLast = 1 });
        await using var hub = new TestHub(log);
        var before = await hub.PublishAsync("other", "0");
        await hub.PublishAsync("person", "secret");
        await hub.PublishAsync("person", "secret too");
        Assert.Equal(2, await log.EraseAsync("person", TestHub.Stop));
        await hub.PublishAsync("person", "new");
        await using var live = hub.Subscribe("person");
        await using var stream = hub.Subscribe("person", before);
        var gap = await stream.NextAsync();
        Assert.Equal("fonte-gap", gap.EventType);
        Assert.Equal("new", await stream.NextDataAsync());
    }

    [Theory]
    [InlineData(0, "1", null)]
    [InlineData(15, "3", null)]
    [InlineData(20, "3", null)]
    [InlineData(60, null, null)]
    public async Task Stream_since_a_time_begins_with_the_first_event_of_then_or_later(int seconds, string? first, GapReason? gap)
    {
        await using var log = Open(new() { Pattern = "none", KeepLast = 1 });
        await using var hub = new TestHub(log);
        var begin = _time.GetUtcNow();
        for (var n = 1; n <= 4; n++)
        {
            await hub.PublishAsync("a", $"{n}");
            _time.Advance(TimeSpan.FromSeconds(10));
        }
        await using var stream = hub.Subscribe("a", since: begin.AddSeconds(seconds));
        Assert.Equal(gap, stream.Start.Gap?.Reason);
        if (first is null) await hub.PublishAsync("a", first = "later");
        Assert.Equal(first, await stream.NextDataAsync());
    }

    [Fact]
    public async Task Time_before_what_is_kept_is_told_as_a_gap()
    {
        await using var log = Open(new() { Pattern = "none" }, maxEvents: 2);
        await using var hub = new TestHub(log);
        var begin = _time.GetUtcNow();
        for (var n = 1; n <= 4; n++) await hub.PublishAsync("a", $"{n}");
        await log.UpkeepAsync();
        await using var stream = hub.Subscribe("a", since: begin.AddSeconds(-1));
        Assert.Equal(("earliest", GapReason.Truncated), (stream.Start.LastEventId, stream.Start.Gap?.Reason));
        Assert.Equal("fonte-gap", (await stream.NextAsync()).EventType);
        Assert.Equal("3", await stream.NextDataAsync());
    }

    private SqliteEventLog Open(TopicRetention rule, long maxEvents = 0) => SqliteEventLog.Open(
        new()
        {
            Directory = _folder.Path,
            Retention = new() { MaxEvents = maxEvents, Interval = TimeSpan.FromDays(1), Topics = [rule] },
            BallastBytes = 0,
            TailBytes = 1,
            TimeProvider = _time,
        },
        NullLogger<SqliteEventLog>.Instance);
}
