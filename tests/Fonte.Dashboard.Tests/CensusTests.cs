using Xunit;

namespace Fonte.Dashboard.Tests;

public sealed class CensusTests
{
    [Fact]
    public async Task Those_furthest_behind_are_kept_and_all_are_counted()
    {
        var census = new StreamCensus(most: 3, pumps: 2);
        Count(census, [7, 2, 9, 3, 8, 1, 10]);
        Assert.False(census.Completion.IsCompleted);
        Count(census, [6, 5, 4]);
        var whole = await census.Completion;
        Assert.Equal(10, whole.Total);
        Assert.Equal([1, 2, 3], whole.Reports.Select(report => report.Next));
    }

    [Fact]
    public async Task Pump_that_fails_does_not_keep_the_others_waiting()
    {
        var census = new StreamCensus(most: 1, pumps: 1);
        Assert.Throws<InvalidOperationException>(() => census.Done([SubscriberAt(1)], _ => throw new InvalidOperationException(), Report));
        Assert.Equal(0, (await census.Completion).Total);
    }

    private static void Count(StreamCensus census, long[] cursors) => census.Done([.. cursors.Select(SubscriberAt)], subscriber => subscriber.Cursor, Report);

    private static StreamReport Report(Subscriber subscriber) => new(default, subscriber.State, subscriber.Matchers, subscriber.Cursor);

    private static Subscriber SubscriberAt(long cursor) => new(new() { Matchers = [TopicMatcher.Wildcard] }, new(cursor, null), new PollOutput(), 0);
}
