using Microsoft.Data.Sqlite;

namespace Fonte;

/// <summary>What an open log is made of. Whoever takes them closes them.</summary>
internal sealed record SqliteLogParts(SqliteLogFile File, SqliteLogWriter Writer, SqliteLogState State, TopicIndex Index, Ballast Ballast, RetentionRules Rules)
{
    /// <summary>Whether there is a ballast where one is wanted.</summary>
    internal bool HasBallast { get; private init; }

    /// <exception cref="LogUnavailableException">With the sentence for the operator; nothing stays open.</exception>
    internal static SqliteLogParts Open(SqliteLogOptions options)
    {
        var directory = Path.GetFullPath(options.Directory);
        var rules = new RetentionRules(options.Retention);
        var file = SqliteLogFile.Open(directory, options.TimeProvider);
        SqliteLogWriter? writer = null;
        try
        {
            writer = new SqliteLogWriter(file.Path);
            // After a failed fsync the kernel takes pages for clean that never reached the disk, and only the process that saw it fail knew. With those in
            // the write-ahead log, a power cut would take everything that is appended behind them; so nothing is appended before all of it is on the disk.
            if (!writer.TryProve())
                throw new LogUnavailableException($"The log {file.Path} is being read by another program, so that it cannot be made sure that all of it is on the disk; end that program.");
            var state = SqliteLogState.Enter(writer.Connection, options.Synchronous, options.KeepsRules ? null : rules, options.TimeProvider.GetUnixMicroseconds());
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
