using Xunit;

namespace Fonte.Broker.Tests;

public sealed class RecordQueueTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Who_puts_waits_while_too_many_bytes_are_there_and_goes_on_when_some_are_taken()
    {
        var queue = new RecordQueue(most: 10_000);
        for (var n = 0; n < 3; n++) Assert.True(queue.PutAsync(Record(n), Stop).IsCompleted);
        var fourth = queue.PutAsync(Record(3), Stop);
        Assert.False(fourth.IsCompleted);
        var taken = new List<SharedRecord>();
        queue.Take(taken, 1);
        await fourth;
        queue.Take(taken, 100);
        Assert.Equal([0L, 1, 2, 3], taken.Select(record => record.Offset));
    }

    [Fact]
    public async Task One_record_that_is_too_large_by_itself_passes()
    {
        var queue = new RecordQueue(most: 10);
        var putting = queue.PutAsync(Record(1), Stop);
        Assert.True(await queue.WaitAsync(Stop));
        var taken = new List<SharedRecord>();
        queue.Take(taken, 100);
        await putting;
        Assert.Single(taken);
    }

    private static SharedRecord Record(long offset) => new(offset, [], new byte[3000]);
}
