namespace Fonte.Durability.Tests;

/// <summary>Records as the workers write them, for proofs of a few events.</summary>
internal static class ProofRecords
{
    internal static readonly DeliveryRecord Earliest = new(DeliveryKind.Open, "earliest");

    internal static void AssertOnly(ViolationKind kind, string words, DurabilityProof proof)
    {
        Assert.NotEmpty(proof.Violations);
        Assert.All(proof.Violations, violation => Assert.Equal(kind, violation.Kind));
        Assert.Contains(proof.Violations, violation => violation.Sentence.Contains(words, StringComparison.Ordinal));
    }

    internal static DurabilityProof Prove(PublishAttempt[] attempts, params SubscriberHistory[] subscribers) =>
        DurabilityProof.Of(attempts, subscribers, lastOffset: 100);

    internal static SubscriberHistory Sees(params DeliveryRecord[] records) => new("first", records);

    internal static PublishAttempt Acknowledged(int number) => new($"k{number}", $"d{number}", PublishOutcome.Acknowledged, Id(number));

    internal static PublishAttempt Unknown(int number) => new($"k{number}", $"d{number}", PublishOutcome.Unknown);

    internal static DeliveryRecord Event(int offset, int? key = null) =>
        new(DeliveryKind.Event, Id(offset), $"k{key ?? offset}", $"d{key ?? offset}");

    internal static DeliveryRecord At(int offset) => new(DeliveryKind.Position, Id(offset));

    internal static DeliveryRecord Resume(int offset) => new(DeliveryKind.Open, Id(offset));

    internal static DeliveryRecord Answer(int offset) => new(DeliveryKind.Answered, Id(offset));

    internal static DeliveryRecord AnswerEarliest() => new(DeliveryKind.Answered, "earliest");

    /// <summary>A gap that is told as the hub must tell it.</summary>
    internal static DeliveryRecord Gap(int from, int oldest) =>
        new(DeliveryKind.Gap, Id(oldest - 1), Gap: new GapData("truncated", Id(from), Id(oldest)));

    internal static string Id(int offset) => $"urn:fonte:abcdefghij:{offset}";
}
