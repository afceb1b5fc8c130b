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
}

/// <summary>The outcome of an append, and the event's place when it has one.</summary>
/// <param name="Outcome">What became of it.</param>
/// <param name="Offset">The event's offset when <see cref="AppendOutcome.Appended"/>, otherwise 0.</param>
public readonly record struct AppendResult(AppendOutcome Outcome, long Offset = 0);
