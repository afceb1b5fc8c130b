namespace Fonte;

/// <summary>What the tools for a log tell while they work.</summary>
public class LogToolOptions
{
    /// <summary>Called with each damage that is found, in the order of offsets where it has one.</summary>
    /// <value>none</value>
    public Action<LogDamage>? Damaged { get; init; }

    /// <summary>Told, a few times a second at most, how far the work is.</summary>
    /// <value>none</value>
    public IProgress<LogProgress>? Progress { get; init; }

    /// <summary>The clock of what gets a time.</summary>
    /// <value><see cref="TimeProvider.System"/></value>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;
}

/// <summary>How far a tool is.</summary>
/// <param name="Done">How much is done: offsets, or bytes of the input.</param>
/// <param name="Total">Of how much; 0 when that is not known.</param>
/// <param name="Events">How many events were seen.</param>
public readonly record struct LogProgress(long Done, long Total, long Events);

/// <summary>Something in a log that is not as it was written.</summary>
/// <param name="Offset">The event's offset, or the first of several; <see langword="null"/> when it is not about events.</param>
/// <param name="Sentence">What is wrong, for the operator; names the offset or the page.</param>
public sealed record LogDamage(long? Offset, string Sentence)
{
    /// <summary>The last offset of those that cannot be read; <see langword="null"/> when it is one event at most.</summary>
    public long? LastOffset { get; init; }
}
