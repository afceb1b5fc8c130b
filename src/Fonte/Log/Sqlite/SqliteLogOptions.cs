namespace Fonte;

/// <summary>How a SQLite log is opened.</summary>
public sealed class SqliteLogOptions
{
    /// <summary>The folder that holds the log; made if it is missing.</summary>
    public required string Directory { get; init; }

    /// <summary>What an acknowledged event survives.</summary>
    /// <value><see cref="SqliteSynchronous.Full"/></value>
    public SqliteSynchronous Synchronous { get; init; } = SqliteSynchronous.Full;

    /// <summary>How many bytes of events may wait to be committed; beyond it appends are refused.</summary>
    /// <value>67,108,864 (64 MiB)</value>
    public long MaxPendingBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>How many bytes of the latest events are read from memory instead of the disk.</summary>
    /// <value>8,388,608 (8 MiB)</value>
    public long TailBytes { get; init; } = 8 * 1024 * 1024;

    /// <summary>What the log drops, and when.</summary>
    public RetentionOptions Retention { get; init; } = new();

    /// <summary>The size of the file that is given up when the disk is full; zero for none.</summary>
    /// <value>67,108,864 (64 MiB)</value>
    public long BallastBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>Whether the rules of retention of the last server stay in force, whatever <see cref="Retention"/> says; nothing is dropped by them.</summary>
    internal bool KeepsRules { get; init; }

    /// <summary>Whose records the log keeps, if it is the replica of another: that log's epoch, and the first offset to be kept. An existing log must be of that epoch.</summary>
    internal LogEpoch? Replica { get; init; }

    /// <summary>Is told of the topics that a tool asks to be erased, again until they are; where it is not given they are erased at once.</summary>
    internal Action<string>? ErasureAsked { get; set; }

    /// <summary>The clock of the commit times.</summary>
    /// <value><see cref="TimeProvider.System"/></value>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;
}
