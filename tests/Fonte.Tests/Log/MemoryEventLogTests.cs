using Xunit;

namespace Fonte.Tests.Log;

public sealed class MemoryEventLogTests : EventLogContract
{
    private protected override IEventLog Open() => new MemoryEventLog(64 * 1024 * 1024, Time);

    [Fact]
    public async Task Full_log_drops_the_oldest_and_says_so_when_read()
    {
        await using var small = new MemoryEventLog(maxBytes: 10_000, Time);
        for (var n = 0; n < 100; n++) await small.AppendAsync(new EventDraft { Topics = ["a"], Data = new byte[1000] }, Stop);
        Assert.InRange(small.OldestOffset, 90, 99);
        var slice = small.Read(1, 1000, long.MaxValue);
        Assert.Equal((small.OldestOffset, 101), (slice.From, slice.Next));
        Assert.Equal(101 - small.OldestOffset, slice.Events.Count);
    }
}
