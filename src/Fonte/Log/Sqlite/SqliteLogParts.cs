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
            var state = SqliteLogState.Enter(writer.Connection, options.Synchronous, rules, options.TimeProvider.GetUnixMicroseconds());
            writer.Relax(options.Synchronous);
            var index = TopicIndex.Open(Path.Combine(directory, TopicIndexSchema.FileName), state);
            var ballast = new Ballast(directory, options.BallastBytes);
            return new(file, writer, state, index, ballast, rules) { HasBallast = ballast.TryMakeAtStart() };
        }
        catch (Exception exception) when (exception is SqliteException or IOException or UnauthorizedAccessException)
        {
            writer?.Dispose();
            file.Dispose();
            throw new LogUnavailableException($"The log {file.Path} cannot be opened: {exception.Message}", exception);
        }
    }
}
