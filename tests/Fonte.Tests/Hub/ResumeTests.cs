using Xunit;

namespace Fonte.Tests.Hub;

public sealed class ResumeTests
{
    [Fact]
    public async Task Position_resumes_with_what_came_after_it()
    {
        await using var hub = new TestHub();
        await hub.PublishAsync("a", "1");
        var second = await hub.PublishAsync("a", "2");
        await hub.PublishAsync("a", "3");
        await using var stream = hub.Subscribe("a", second);
        Assert.Equal((second, null), (stream.Start.LastEventId, stream.Start.Gap));
        Assert.Equal("3", await stream.NextDataAsync());
    }

    [Fact]
    public async Task Position_at_the_tail_and_position_zero_are_valid()
    {
        await using var hub = new TestHub();
        var zero = hub.Log.Identity.At(0).ToString();
        await using (var stream = hub.Subscribe("a", zero)) Assert.Equal((zero, null), (stream.Start.LastEventId, stream.Start.Gap));
        var last = await hub.PublishAsync("a", "1");
        await using (var stream = hub.Subscribe("a", last)) Assert.Equal((last, null), (stream.Start.LastEventId, stream.Start.Gap));
        await using var all = hub.Subscribe("a", zero);
        Assert.Equal("1", await all.NextDataAsync());
    }

    [Fact]
    public async Task Own_id_resumes_after_its_earliest_event_and_sends_the_reused_one_again()
    {
        await using var hub = new TestHub();
        await hub.PublishAsync("a", "1", id: "x");
        await hub.PublishAsync("a", "2");
        await hub.PublishAsync("a", "3", id: "x");
        await using var stream = hub.Subscribe("a", "x");
        Assert.Equal("x", stream.Start.LastEventId);
        Assert.Equal(["2", "3"], [await stream.NextDataAsync(), await stream.NextDataAsync()]);
    }

    [Fact]
    public async Task Earliest_sends_everything_and_tells_no_gap()
    {
        await using var hub = new TestHub();
        await hub.PublishAsync("a", "1");
        await using var stream = hub.Subscribe("a", "earliest");
        Assert.Equal(("earliest", null), (stream.Start.LastEventId, stream.Start.Gap));
        Assert.Equal("1", await stream.NextDataAsync());
    }

    [Theory]
    [InlineData("urn:fonte:zzzzzzzzzzzz:1", GapReason.OtherEpoch)]
    [InlineData("never seen", GapReason.Unknown)]
    [InlineData("urn:fonte:EPOCH:99", GapReason.Future)]
    public async Task Cursor_that_cannot_be_resolved_starts_at_the_oldest_and_is_told(string cursor, GapReason reason)
    {
        await using var hub = new TestHub();
        await hub.PublishAsync("a", "1");
        cursor = cursor.Replace("EPOCH", hub.Log.Identity.Epoch, StringComparison.Ordinal);
        await using var stream = hub.Subscribe("a", cursor);
        Assert.Equal(("earliest", reason), (stream.Start.LastEventId, stream.Start.Gap?.Reason));
        var gap = await stream.NextAsync();
        Assert.Equal(("fonte-gap", hub.Log.Identity.At(0).ToString()), (gap.EventType, gap.EventId));
        Assert.Contains($"\"from\":\"{cursor}\"", gap.Data, StringComparison.Ordinal);
        Assert.Equal("1", await stream.NextDataAsync());
    }

    [Fact]
    public async Task Gap_comes_before_any_block_that_moves_the_cursor()
    {
        await using var hub = new TestHub();
        await hub.PublishAsync("a", "1");
        await using var stream = hub.Subscribe("a", "never seen");
        // Cut right after its first ID, the stream must not leave a cursor behind that hides the gap.
        Assert.Matches("^retry: [0-9]+\n\nid: urn:fonte:[a-z2-7]{12}:0\nevent: fonte-gap\n", await stream.ReadTextAsync(80));
    }

    [Fact]
    public async Task Cursor_older_than_what_is_kept_is_told_once_and_the_gap_event_is_a_cursor_itself()
    {
        var log = new MemoryEventLog(maxBytes: 5000, TimeProvider.System);
        await using var hub = new TestHub(log);
        var first = await hub.PublishAsync("a", "1");
        for (var n = 0; n < 50; n++) await hub.PublishAsync("a", new string('x', 200));
        await using var stream = hub.Subscribe("a", first);
        var gap = await stream.NextAsync();
        Assert.Equal(GapReason.Truncated, stream.Start.Gap?.Reason);
        Assert.Equal(hub.Log.Identity.At(log.OldestOffset - 1).ToString(), gap.EventId);
        await using var again = hub.Subscribe("a", gap.EventId);
        Assert.Null(again.Start.Gap);
    }

    [Fact]
    public async Task Gap_is_not_told_in_band_to_who_declined_but_still_in_the_field()
    {
        await using var hub = new TestHub();
        await hub.PublishAsync("a", "1");
        await using var stream = hub.Subscribe("a", "never seen", tellGaps: false);
        Assert.Equal("earliest", stream.Start.LastEventId);
        Assert.Equal("1", await stream.NextDataAsync());
    }

    [Fact]
    public async Task Empty_cursor_counts_as_none()
    {
        await using var hub = new TestHub();
        await hub.PublishAsync("a", "1");
        await using var stream = hub.Subscribe("a", "");
        Assert.Null(stream.Start.LastEventId);
        await hub.PublishAsync("a", "2");
        Assert.Equal("2", await stream.NextDataAsync());
    }
}
