namespace Fonte;

/// <summary>What an acknowledged event survives (SQLite, <c>PRAGMA synchronous</c>).</summary>
public enum SqliteSynchronous
{
    /// <summary>A killed process, but not a power cut: the newest events may be lost, and then the log takes a new epoch.</summary>
    Normal,

    /// <summary>A killed process and a power cut: the commit is on the disk before it is acknowledged.</summary>
    Full,
}
