namespace Fonte;

/// <summary>What became of an append.</summary>
public enum AppendOutcome
{
    /// <summary>The event is durable.</summary>
    Appended,

    /// <summary>Not appended: more bytes wait to be committed than the bound allows. Try again later.</summary>
    Overloaded,

    /// <summary>Not appended: the log cannot be written now.</summary>
    Unavailable,

    /// <summary>The commit failed in a way that leaves open whether the event is in the log.</summary>
    OutcomeUnknown,

    /// <summary>Appended earlier, under the same idempotency key; not appended again.</summary>
    AlreadyAppended,

    /// <summary>Not appended: the idempotency key came earlier with other events.</summary>
    KeyReused,
}

/// <summary>The outcome of an append, and the place of its first event when it has one; the others follow at the next offsets, unless <see cref="Offsets"/> says where.</summary>
/// <param name="Outcome">What became of it.</param>
/// <param name="Offset">The first event's offset when <see cref="AppendOutcome.Appended"/> or <see cref="AppendOutcome.AlreadyAppended"/>, otherwise 0.</param>
public readonly record struct AppendResult(AppendOutcome Outcome, long Offset = 0)
{
    /// <summary>Where each event stands, in a log where they need not be side by side; <see langword="null"/> where they are.</summary>
    public IReadOnlyList<long>? Offsets { get; init; }

    internal long At(int index) => Offsets?[index] ?? Offset + index;
}
