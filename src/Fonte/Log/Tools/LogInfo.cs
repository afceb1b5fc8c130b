using Microsoft.Data.Sqlite;

namespace Fonte;

/// <summary>What a log in a folder is, without reading its events.</summary>
public sealed record LogInfo
{
    private const int CountedAtOnce = 20_000;

    private LogInfo() { }

    /// <summary>The database's path.</summary>
    public required string File { get; init; }

    /// <summary>The version of the log's format.</summary>
    public required int FormatVersion { get; init; }

    /// <summary>Its epoch, and those it had before.</summary>
    public required LogIdentity Identity { get; init; }

    /// <summary>Below it nothing is kept; equal to <see cref="NextOffset"/> when nothing is kept at all.</summary>
    public required long OldestOffset { get; init; }

    /// <summary>The offset that the next event gets.</summary>
    public required long NextOffset { get; init; }

    /// <summary>How many events are kept.</summary>
    public required long Events { get; init; }

    /// <summary>When the oldest kept event was committed; <see langword="null"/> without events.</summary>
    public required DateTimeOffset? OldestTime { get; init; }

    /// <summary>When the newest kept event was committed; <see langword="null"/> without events.</summary>
    public required DateTimeOffset? NewestTime { get; init; }

    /// <summary>Bytes of the database, free pages included.</summary>
    public required long DatabaseBytes { get; init; }

    /// <summary>Bytes of the database that are free for new events.</summary>
    public required long FreeBytes { get; init; }

    /// <summary>Bytes of the write-ahead log.</summary>
    public required long WriteAheadLogBytes { get; init; }

    /// <summary>Bytes of the derived index, which can be deleted while no server runs.</summary>
    public required long IndexBytes { get; init; }

    /// <summary>How many topics lost events to retention per topic, keep-last or erasure.</summary>
    public required long TruncatedTopics { get; init; }

    /// <summary>Whether a server has the log open.</summary>
    public required bool IsOpen { get; init; }

    /// <summary>Reads it, beside a live server too, in short transactions. Blocks on the disk, for seconds when there are many millions of events.</summary>
    /// <param name="directory">The log's folder.</param>
    /// <param name="cancellationToken">Ends the counting of events.</param>
    /// <exception cref="LogUnavailableException">There is no log that can be opened.</exception>
    /// <exception cref="LogDamagedException">The log cannot be read.</exception>
    public static LogInfo Read(string directory, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(directory);
        using var source = LogSource.Open(directory);
        try
        {
            return Read(source, cancellationToken);
        }
        catch (SqliteException exception)
        {
            throw source.Damaged(exception);
        }
    }

    private static LogInfo Read(LogSource source, CancellationToken cancellationToken)
    {
        var connection = source.Connection;
        var next = SqliteLogState.NextOffsetOf(connection);
        return new LogInfo
        {
            File = source.Path,
            FormatVersion = (int)connection.Scalar("PRAGMA user_version"),
            Identity = new LogIdentity(SqliteLogState.Lineage(connection)),
            OldestOffset = connection.Scalar($"SELECT coalesce(min(offset), {next}) FROM event"),
            NextOffset = next,
            Events = Count(connection, next, cancellationToken),
            OldestTime = Time(connection, "ASC"),
            NewestTime = Time(connection, "DESC"),
            DatabaseBytes = Length(source.Path),
            FreeBytes = connection.Scalar("PRAGMA freelist_count") * connection.Scalar("PRAGMA page_size"),
            WriteAheadLogBytes = Length(source.Path + "-wal"),
            IndexBytes = Length(Path.Combine(Path.GetDirectoryName(source.Path)!, TopicIndexSchema.FileName)),
            TruncatedTopics = connection.Scalar("SELECT count(*) FROM truncated"),
            IsOpen = source.IsOpenElsewhere,
        };
    }

    // In pieces, so that no transaction is long.
    private static long Count(SqliteConnection connection, long next, CancellationToken cancellationToken)
    {
        using var statement = new SqliteStatement(connection, $"SELECT max(offset), count(*) FROM (SELECT offset FROM event WHERE offset >= ?1 AND offset < ?2 ORDER BY offset LIMIT {CountedAtOnce})");
        var events = 0L;
        for (var from = 0L; ;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            statement.Bind(1, from);
            statement.Bind(2, next);
            statement.Step();
            var (last, count) = (statement.Integer(0), statement.Integer(1));
            statement.Reset();
            events += count;
            // A ruined tree could lead back, and the counting would never end.
            if (count < CountedAtOnce || last < from) return events;
            from = last + 1;
        }
    }

    private static DateTimeOffset? Time(SqliteConnection connection, string order)
    {
        using var statement = new SqliteStatement(connection, $"SELECT time FROM event ORDER BY offset {order} LIMIT 1");
        return statement.Step() ? LogTimes.FromMicroseconds(statement.Integer(0)) : null;
    }

    private static long Length(string path) => new FileInfo(path) is { Exists: true } file ? file.Length : 0;
}
