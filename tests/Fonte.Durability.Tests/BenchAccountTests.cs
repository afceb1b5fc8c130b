using Fonte.Bench;

namespace Fonte.Durability.Tests;

public class BenchAccountTests
{
    [Fact]
    public void Sequences_in_order_leave_nothing_to_tell()
    {
        var tracker = Observe(0, 1, 2);
        Assert.Equal((0, 0, 0L), (tracker.Twice, tracker.OutOfOrder, tracker.MissingOf(0, 3, _ => false)));
    }

    [Fact]
    public void A_sequence_that_never_comes_is_missing_in_the_middle_and_at_the_end() =>
        Assert.Equal(2, Observe(0, 2).MissingOf(0, 4, _ => false));

    [Fact]
    public void A_sequence_that_was_never_acknowledged_need_not_come() =>
        Assert.Equal(0, Observe(0, 2).MissingOf(0, 4, sequence => sequence is 1 or 3));

    [Fact]
    public void A_late_sequence_is_out_of_order_and_not_missing()
    {
        var tracker = Observe(0, 2, 1);
        Assert.Equal((0, 1, 0L), (tracker.Twice, tracker.OutOfOrder, tracker.MissingOf(0, 3, _ => false)));
    }

    [Fact]
    public void A_repeated_sequence_came_twice() => Assert.Equal((1, 0), (Observe(0, 1, 1).Twice, Observe(0, 1, 1).OutOfOrder));

    [Fact]
    public void Lanes_are_accounted_for_apart()
    {
        var tracker = new SequenceTracker(2);
        Assert.True(tracker.Observe(0, 0));
        Assert.True(tracker.Observe(1, 0));
        Assert.False(tracker.Observe(2, 0));
        Assert.Equal(0, tracker.Twice);
    }

    [Fact]
    public void What_is_too_much_to_remember_still_counts()
    {
        var tracker = Observe(300_000);
        Assert.Equal(300_000, tracker.MissingOf(0, 300_001, _ => false) + tracker.Forgotten);
    }

    [Fact]
    public void Counts_are_told_as_minimum_median_and_maximum()
    {
        Assert.Equal(new CountSummary(1, 2, 9), CountSummary.Of([9, 1, 2]));
        Assert.Equal(new CountSummary(1, 2, 9), CountSummary.Of([9, 1, 2, 3]));
        Assert.Equal(new CountSummary(0, 0, 0), CountSummary.Of([]));
    }

    private static SequenceTracker Observe(params uint[] sequences)
    {
        var tracker = new SequenceTracker(1);
        foreach (var sequence in sequences)
            tracker.Observe(0, sequence);
        return tracker;
    }
}
