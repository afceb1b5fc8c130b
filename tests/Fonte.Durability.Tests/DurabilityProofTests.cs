using static Fonte.Durability.Tests.ProofRecords;

namespace Fonte.Durability.Tests;

public class DurabilityProofTests
{
    [Fact]
    public void Records_without_a_violation_pass()
    {
        var proof = Prove([Acknowledged(1), Acknowledged(2), Unknown(3)], Sees(Earliest, Event(1), Event(2)), Sees(Earliest, Event(1), Event(2)));

        Assert.Empty(proof.Violations);
        Assert.Equal(2, proof.Acknowledged);
        Assert.Equal(4, proof.Delivered);
    }

    [Fact]
    public void An_event_of_unknown_outcome_may_be_delivered_when_everybody_gets_it() =>
        Assert.Empty(Prove([Acknowledged(1), Unknown(2)], Sees(Earliest, Event(1), Event(2)), Sees(Earliest, Event(1), Event(2))).Violations);

    [Fact]
    public void Resuming_with_the_last_completed_block_passes() =>
        Assert.Empty(Prove([Acknowledged(1), Acknowledged(2)],
            Sees(Earliest, At(0), Event(1), Resume(1), Answer(1), At(1), Event(2), At(2), Resume(2), At(2))).Violations);

    [Fact]
    public void An_acknowledged_event_that_nobody_receives_is_lost() =>
        AssertOnly(ViolationKind.Lost, "never received k2", Prove([Acknowledged(1), Acknowledged(2)], Sees(Earliest, Event(1))));

    [Fact]
    public void An_acknowledged_event_that_one_subscriber_lacks_is_lost() =>
        AssertOnly(ViolationKind.Lost, "second never received k2",
            Prove([Acknowledged(1), Acknowledged(2)], Sees(Earliest, Event(1), Event(2)), Sees(Earliest, Event(1)) with { Name = "second" }));

    [Fact]
    public void An_event_that_only_another_subscriber_received_is_lost() =>
        AssertOnly(ViolationKind.Lost, "which another subscriber received",
            Prove([Unknown(1), Acknowledged(2)], Sees(Earliest, Event(1), Event(2)), Sees(Earliest, Event(2))));

    [Fact]
    public void An_acknowledged_event_whose_offset_was_given_to_another_is_lost()
    {
        var proof = Prove(
            [new("k1", "d1", PublishOutcome.Acknowledged, Id(1)), new("k2", "d2", PublishOutcome.Acknowledged, Id(1))],
            Sees(Earliest, Event(1, key: 2)));

        Assert.Contains(proof.Violations, violation => violation.Kind == ViolationKind.Lost);
        Assert.Contains(proof.Violations, violation => violation.Sentence.Contains("acknowledged twice", StringComparison.Ordinal));
    }

    [Fact]
    public void An_event_that_comes_again_on_a_connection_came_twice() =>
        AssertOnly(ViolationKind.Twice, "on one connection", Prove([Acknowledged(1)], Sees(Earliest, Event(1), Event(1))));

    [Fact]
    public void An_event_that_comes_again_after_a_reconnection_came_twice() =>
        AssertOnly(ViolationKind.Twice, "across a reconnection", Prove([Acknowledged(1)], Sees(Earliest, Event(1), Resume(1), Event(1))));

    [Fact]
    public void One_published_event_under_two_IDs_came_twice() =>
        AssertOnly(ViolationKind.Twice, "as two events", Prove([Unknown(1)], Sees(Earliest, Event(1), Event(2, key: 1))));

    [Fact]
    public void An_event_after_a_later_one_is_out_of_order() =>
        AssertOnly(ViolationKind.OutOfOrder, "after offset 2", Prove([Acknowledged(1), Acknowledged(2)], Sees(Earliest, Event(2), Event(1))));

    [Fact]
    public void An_event_at_or_before_a_position_that_was_told_is_out_of_order() =>
        AssertOnly(ViolationKind.OutOfOrder, "after offset 1", Prove([Acknowledged(1)], Sees(Earliest, At(1), Event(1))));

    [Fact]
    public void A_position_that_goes_back_is_out_of_order() =>
        AssertOnly(ViolationKind.OutOfOrder, "went back", Prove([Acknowledged(1)], Sees(Earliest, Event(1), At(0))));

    [Fact]
    public void A_gap_that_is_told_is_a_violation() =>
        AssertOnly(ViolationKind.Gap, "nothing was truncated", Prove([Acknowledged(1)], Sees(Earliest, Gap(0, 1), Event(1))));

    [Fact]
    public void A_cursor_that_is_answered_with_earliest_is_a_gap() =>
        AssertOnly(ViolationKind.Gap, "was answered earliest",
            Prove([Acknowledged(1)], Sees(Earliest, Event(1), Resume(1), new(DeliveryKind.Answered, "earliest"))));

    [Fact]
    public void A_content_that_was_not_published_under_that_key_is_told() =>
        AssertOnly(ViolationKind.Content, "differs", Prove([Acknowledged(1)], Sees(Earliest, Event(1) with { Digest = "other" })));

    [Fact]
    public void One_ID_with_two_contents_is_told() =>
        AssertOnly(ViolationKind.Identity, "two contents", Prove([Unknown(1), Unknown(2)], Sees(Earliest, Event(1)), Sees(Earliest, Event(1, key: 2))));

    [Fact]
    public void An_event_delivered_under_another_ID_than_acknowledged_is_told() =>
        AssertOnly(ViolationKind.Identity, "but it was acknowledged as", Prove([Acknowledged(1)], Sees(Earliest, Event(2, key: 1))));

    [Fact]
    public void An_ID_that_is_no_position_is_told() =>
        Assert.Contains(Prove([Acknowledged(1)], Sees(Earliest, Event(1) with { Id = "-" })).Violations,
            violation => violation.Kind == ViolationKind.Identity && violation.Sentence.Contains("no position", StringComparison.Ordinal));

    [Fact]
    public void An_event_that_was_refused_is_a_ghost() =>
        AssertOnly(ViolationKind.Ghost, "had refused", Prove([new("k1", "d1", PublishOutcome.Refused)], Sees(Earliest, Event(1))));

    [Fact]
    public void An_event_that_nobody_published_is_a_ghost() =>
        AssertOnly(ViolationKind.Ghost, "nobody published", Prove([], Sees(Earliest, Event(1))));

    [Fact]
    public void An_answer_that_says_nothing_of_the_append_is_told() =>
        AssertOnly(ViolationKind.Answer, "answered neither", Prove([new("k1", "d1", PublishOutcome.Unexplained)], Sees(Earliest)));

    [Fact]
    public void Without_a_subscriber_nothing_is_proved() =>
        Assert.Equal(1, Prove([Acknowledged(1)]).Count);

    [Fact]
    public void Many_violations_are_counted_but_few_are_kept()
    {
        var proof = Prove([.. Enumerable.Range(1, 100).Select(Acknowledged)], Sees(Earliest));

        Assert.Equal(100, proof.Counts[ViolationKind.Lost]);
        Assert.InRange(proof.Violations.Count, 1, 20);
    }
}
