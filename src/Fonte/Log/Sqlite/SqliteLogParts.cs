using Microsoft.Data.Sqlite;

namespace Fonte;

/// <summary>What an open log is made of. Whoever takes them closes them.</summary>
internal sealed record SqliteLogParts(SqliteLogFile File, SqliteLogWriter Writer, SqliteLogState State, TopicIndex Index, Ballast Ballast, RetentionRules Rules)
{
    /// <summary>Whether there is a ballast where one is wanted.</summary>
    internal bool HasBallast { get; private init; }

    // A replica that takes events of its own is one no more, and a log of its own must not take another's.
    private static void CheckReplica(string path, SqliteLogOptions options)
    {
        using var connection = SqliteConnections.Open(path, SqliteOpenMode.ReadOnly);
        if (SqliteLogState.IsReplica(connection) && options.Replica is null && !options.KeepsRules)
            throw new LogUnavailableException($"The log {path} is a copy of a broker's; start with that broker, or give another data folder.");
        if (options.Replica is not { } replica) return;
        if (!SqliteLogState.IsReplica(connection)) throw new LogUnavailableException($"The log {path} is no copy of a broker's; give another data folder.");
        if (SqliteLogState.Lineage(connection)[^1].Epoch != replica.Epoch) throw new LogUnavailableException($"The log {path} is the copy of another broker's log.");
    }

    /// <exception cref="LogUnavailableException">With the sentence for the operator; nothing stays open.</exception>
    internal static SqliteLogParts Open(SqliteLogOptions options)
    {
        var directory = Path.GetFullPath(options.Directory);
        var rules = new RetentionRules(options.Retention);
        var file = SqliteLogFile.Open(directory, options.TimeProvider, options.Replica);
        SqliteLogWriter? writer = null;
        try
        {
            CheckReplica(file.Path, options);
            writer = new SqliteLogWriter(file.Path, isReplica: options.Replica is not null);
            // After a failed fsync the kernel takes pages for clean that never reached the disk, and only the process that saw it fail knew. With those in
            // the write-ahead log, a power cut would take everything that is appended behind them; so nothing is appended before all of it is on the disk.
            if (!writer.TryProve())
                throw new LogUnavailableException($"The log {file.Path} is being read by another program, so that it cannot be made sure that all of it is on the disk; end that program.");
            var state = SqliteLogState.Enter(writer.Connection, options.Synchronous, options.KeepsRules ? null : rules, options.TimeProvider.GetUnixMicroseconds(), options.Replica is not null);
            writer.Relax(options.Synchronous);
            var index = TopicIndex.Open(Path.Combine(directory, TopicIndexSchema.FileName), state);
            var ballast = new Ballast(directory, options.BallastBytes);
            return new(file, writer, state, index, ballast, rules) { HasBallast = ballast.TryMakeAtStart() };
        }
        catch (Exception exception) when (exception is SqliteException or IOException or UnauthorizedAccessException or LogUnavailableException)
        {
            writer?.Dispose();
            file.Dispose();
            throw exception as LogUnavailableException ?? new LogUnavailableException($"The log {file.Path} cannot be opened: {exception.Message}", exception);
        }
    }
}
