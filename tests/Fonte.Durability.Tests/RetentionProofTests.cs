using static Fonte.Durability.Tests.ProofRecords;

namespace Fonte.Durability.Tests;

/// <summary>Nine events, of which retention keeps the last two at least: from offset 8 on nothing may be missing.</summary>
public class RetentionProofTests
{
    private static readonly PublishAttempt[] Nine = [.. Enumerable.Range(1, 9).Select(Acknowledged)];

    [Fact]
    public void A_skip_that_is_told_passes()
    {
        var proof = ProveKept(Earliest, Event(1), Event(2), Resume(2), AnswerEarliest(), Gap(2, 5), Event(5), Event(6), Event(7), Event(8), Event(9));

        Assert.Empty(proof.Violations);
        Assert.Equal(1, proof.GapsTold);
    }

    [Fact]
    public void A_skip_that_is_told_in_the_middle_of_a_stream_needs_no_header() =>
        Assert.Empty(ProveKept([Earliest, Event(1), Gap(1, 7), .. Events(7, 9)]).Violations);

    [Fact]
    public void A_gap_that_is_told_again_after_a_cut_passes() =>
        Assert.Empty(ProveKept([Earliest, At(0), Resume(0), AnswerEarliest(), Resume(0), AnswerEarliest(), Gap(0, 7), Resume(6), Answer(6), .. Events(7, 9)]).Violations);

    [Fact]
    public void Who_begins_at_the_earliest_is_not_told_of_what_was_before() =>
        Assert.Empty(ProveKept([Earliest, AnswerEarliest(), At(6), .. Events(7, 9)]).Violations);

    [Fact]
    public void Who_begins_at_the_earliest_may_see_an_event_first() =>
        Assert.Empty(ProveKept([Earliest, AnswerEarliest(), .. Events(5, 9)]).Violations);

    [Fact]
    public void A_skip_that_is_not_told_is_a_violation() =>
        AssertOnly(ViolationKind.Untold, "never received k2", ProveKept([Earliest, Event(1), .. Events(3, 9)]));

    [Fact]
    public void A_skip_that_is_told_afterwards_is_a_violation() =>
        Assert.Contains(ProveKept([Earliest, Event(1), Event(5), Gap(1, 5), .. Events(6, 9)]).Violations, violation => violation.Kind == ViolationKind.Untold);

    [Fact]
    public void A_position_beyond_a_skip_counts_as_going_on() =>
        Assert.Contains(ProveKept([Earliest, Event(1), At(4), Gap(1, 5), .. Events(5, 9)]).Violations, violation => violation.Kind == ViolationKind.Untold);

    [Fact]
    public void A_gap_that_ends_before_the_skip_does_not_tell_it() =>
        AssertOnly(ViolationKind.Untold, "never received k4", ProveKept([Earliest, Event(1), Gap(1, 4), .. Events(5, 9)]));

    [Fact]
    public void A_gap_that_begins_after_the_skip_does_not_tell_it() =>
        AssertOnly(ViolationKind.Untold, "never received k2", ProveKept([Earliest, Event(1), Gap(2, 5), .. Events(5, 9)]));

    [Fact]
    public void An_event_that_retention_may_not_touch_is_lost_even_when_a_gap_is_told()
    {
        var proof = ProveKept(Earliest, Event(1), Gap(1, 9), Event(9));

        Assert.Equal(1, proof.Counts[ViolationKind.Lost]);
        Assert.Contains(proof.Violations, violation => violation.Sentence.Contains("from offset 8 on everything is kept", StringComparison.Ordinal));
    }

    [Fact]
    public void A_kept_event_that_does_not_come_is_lost() =>
        AssertOnly(ViolationKind.Lost, "never received k9", ProveKept([Earliest, .. Events(1, 8)]));

    [Fact]
    public void The_header_without_the_event_does_not_tell_a_gap() =>
        Assert.Contains(ProveKept([Earliest, Event(1), Resume(1), AnswerEarliest(), .. Events(5, 9)]).Violations,
            violation => violation.Kind == ViolationKind.Gap && violation.Sentence.Contains("not told of the gap in the stream", StringComparison.Ordinal));

    [Fact]
    public void A_gap_at_the_beginning_without_the_header_is_a_violation() =>
        AssertOnly(ViolationKind.Gap, "the header was", ProveKept([Earliest, Event(1), Resume(1), Answer(1), Gap(1, 5), .. Events(5, 9)]));

    [Fact]
    public void Another_answer_than_the_cursor_or_earliest_is_a_violation() =>
        AssertOnly(ViolationKind.Gap, "was answered", ProveKept([Earliest, Event(1), Resume(1), Answer(2), .. Events(2, 9)]));

    [Fact]
    public void A_gap_for_another_reason_is_a_violation() =>
        AssertOnly(ViolationKind.Gap, "'other-epoch'",
            ProveKept([Earliest, Event(1), new(DeliveryKind.Gap, Id(4), Gap: new("other-epoch", Id(1), Id(5))), .. Events(5, 9)]));

    [Fact]
    public void A_gap_whose_ID_is_not_just_before_the_oldest_is_a_violation() =>
        AssertOnly(ViolationKind.Gap, "not just before it",
            ProveKept([Earliest, Event(1), new(DeliveryKind.Gap, Id(3), Gap: new("truncated", Id(1), Id(5))), .. Events(5, 9)]));

    [Fact]
    public void A_gap_without_positions_is_a_violation() =>
        Assert.Contains(ProveKept([Earliest, Event(1), new(DeliveryKind.Gap, Id(4), Gap: GapData.Read("{}")), .. Events(5, 9)]).Violations,
            violation => violation.Kind == ViolationKind.Identity);

    [Fact]
    public void An_event_that_comes_after_it_was_told_to_be_gone_is_out_of_order() =>
        AssertOnly(ViolationKind.OutOfOrder, "after offset 4", ProveKept([Earliest, Event(1), Gap(1, 5), .. Events(3, 9)]));

    private static DeliveryRecord[] Events(int first, int last) => [.. Enumerable.Range(first, last - first + 1).Select(offset => Event(offset))];

    private static DurabilityProof ProveKept(params DeliveryRecord[] records) => DurabilityProof.Of(Nine, [Sees(records)], lastOffset: 9, keptEvents: 2);
}
