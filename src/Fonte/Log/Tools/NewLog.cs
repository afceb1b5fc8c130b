using Microsoft.Data.Sqlite;
using Microsoft.Win32.SafeHandles;
using SQLitePCL;

namespace Fonte;

/// <summary>A log that a tool writes: beside its place, and there only when it is whole and on the disk.</summary>
internal sealed class NewLog : IDisposable
{
    private const int RowsInTransaction = 10_000;
    private readonly string _path;
    private readonly string _unfinished;
    private readonly SafeFileHandle _lock;
    private readonly SqliteConnection _connection;
    private readonly SqliteStatement _insert;
    private int _rows;

    // What is half written is thrown away, so neither a journal nor a flush is needed before the end.
    private const string Settings = SqliteLogSchema.Settings + """
        PRAGMA journal_mode = OFF;
        PRAGMA synchronous = OFF;
        PRAGMA cache_size = -65536;
        """;

    private NewLog(string path, SafeFileHandle fileLock)
    {
        (_path, _unfinished, _lock) = (path, path + ".new", fileLock);
        DeleteUnfinished();
        _connection = SqliteConnections.Open(_unfinished, SqliteOpenMode.ReadWriteCreate, Settings);
        try
        {
            _connection.Execute($"""
                BEGIN;
                {SqliteLogSchema.Tables}
                PRAGMA application_id = {SqliteLogSchema.ApplicationId};
                PRAGMA user_version = {SqliteLogSchema.Version};
                """);
            _insert = new(_connection, SqliteLogSchema.Insert);
        }
        catch
        {
            _connection.Dispose();
            DeleteUnfinished();
            throw;
        }
    }

    /// <summary>Begins a log in a folder, which is made if it is missing and locked until the end.</summary>
    /// <param name="directory">The folder.</param>
    /// <param name="replaceEmpty">Whether a log without events and history, as a server leaves it that was started once, may be replaced.</param>
    /// <exception cref="LogUnavailableException">There is a log in the folder, or it cannot be written.</exception>
    internal static NewLog Create(string directory, bool replaceEmpty)
    {
        directory = Path.GetFullPath(directory);
        var path = Path.Combine(directory, SqliteLogSchema.FileName);
        var fileLock = SqliteLogFile.Lock(directory);
        try
        {
            if (File.Exists(path))
            {
                if (!replaceEmpty) throw new LogUnavailableException($"There is a log in the folder {directory}; give another folder.");
                RefuseUnlessEmpty(directory, path);
            }
            if (File.Exists(path + "-wal"))
                throw new LogUnavailableException($"The write-ahead log {path}-wal is in the way; move it away, or give another folder.");
            return new NewLog(path, fileLock);
        }
        catch (Exception exception)
        {
            fileLock.Dispose();
            throw exception is SqliteException or IOException or UnauthorizedAccessException
                ? new LogUnavailableException($"The log {path} cannot be written: {exception.Message}", exception)
                : exception;
        }
    }

    /// <exception cref="IOException">It cannot be written, for instance because the disk is full.</exception>
    internal void Add(LoggedEvent logged, byte[]? seal)
    {
        try
        {
            EventRow.Bind(_insert, WithIdHash(logged), seal);
            _insert.Run();
            if (++_rows % RowsInTransaction == 0) _connection.Execute("COMMIT; BEGIN;");
        }
        catch (SqliteException exception)
        {
            throw Unwritable(exception);
        }
    }

    /// <summary>Gives the log its identity and marks, makes it durable, and puts it in its place.</summary>
    /// <param name="lineage">The epochs that it takes over; a new one is added.</param>
    /// <param name="next">The offset after its last event, where the new epoch begins, if there is another.</param>
    /// <param name="marks">Below which offsets events may be missing.</param>
    /// <param name="time">Now, in microseconds since 1970 UTC.</param>
    /// <returns>The new epoch.</returns>
    /// <exception cref="IOException">It cannot be written.</exception>
    internal LogEpoch Finish(IReadOnlyList<LogEpoch> lineage, long next, LogMarks marks, long time)
    {
        // Without a history of other epochs everything is of this one.
        var epoch = new LogEpoch(LogEpoch.Create(), lineage.Count == 0 ? 1 : next);
        try
        {
            WriteIdentity([.. lineage, epoch], next, marks, time);
            // Last, so that everything is in the one file that is renamed.
            _connection.Execute("COMMIT; PRAGMA journal_mode = WAL;");
            _insert.Dispose();
            _connection.Dispose();
            if (new FileInfo(_unfinished + "-wal") is { Exists: true, Length: > 0 }) throw new IOException("it could not be written whole.");
            DeleteDerived();
            DurableFiles.Rename(_unfinished, _path, overwrite: true);
            return epoch;
        }
        catch (Exception exception) when (exception is SqliteException or IOException or UnauthorizedAccessException)
        {
            throw Unwritable(exception);
        }
    }

    public void Dispose()
    {
        _insert.Dispose();
        _connection.Dispose();
        DeleteUnfinished();
        _lock.Dispose();
    }

    private void WriteIdentity(LogEpoch[] lineage, long next, LogMarks marks, long time)
    {
        using var epochs = new SqliteStatement(_connection, "INSERT INTO epoch (epoch, first_offset, time) VALUES (?1, ?2, ?3)");
        foreach (var (epoch, firstOffset) in lineage) Insert(epochs, epoch, firstOffset, time);
        _connection.Execute($"INSERT INTO state VALUES (1, {next}, '', 0)");
        using var topics = new SqliteStatement(_connection, "INSERT INTO truncated VALUES (?1, ?2)");
        foreach (var (topic, truncatedTo) in marks.Topics) Insert(topics, topic, truncatedTo);
        using var rules = new SqliteStatement(_connection, "INSERT INTO retained VALUES (?1, ?2)");
        foreach (var (rule, truncatedTo) in marks.RetainedRows()) Insert(rules, rule, truncatedTo);
    }

    private static void Insert(SqliteStatement insert, string key, params ReadOnlySpan<long> values)
    {
        insert.BindText(1, key);
        for (var i = 0; i < values.Length; i++) insert.Bind(i + 2, values[i]);
        insert.Run();
    }

    private static LoggedEvent WithIdHash(LoggedEvent logged) => logged.Id is null ? logged : new()
    {
        Offset = logged.Offset,
        TimeMicroseconds = logged.TimeMicroseconds,
        Topics = logged.Topics,
        Data = logged.Data,
        Id = logged.Id,
        IdHash = EventRow.HashOf(logged.Id),
        Type = logged.Type,
        RetryMilliseconds = logged.RetryMilliseconds,
        Private = logged.Private,
    };

    private IOException Unwritable(Exception exception)
    {
        var cause = exception is SqliteException { SqliteErrorCode: raw.SQLITE_FULL } ? "the disk is full." : exception.Message;
        return new($"The log {_path} cannot be written: {cause}", exception);
    }

    private static void RefuseUnlessEmpty(string directory, string path)
    {
        using (LogSource.Open(directory)) { }
        // Opened for writing and closed by the only process that has it open: SQLite then takes its write-ahead log away.
        using var connection = SqliteConnections.Open(path, SqliteOpenMode.ReadWrite);
        if (SqliteLogState.NextOffsetOf(connection) > 1)
            throw new LogUnavailableException($"The log in the folder {directory} is not empty; give another folder.");
        connection.Execute("PRAGMA wal_checkpoint(TRUNCATE)");
    }

    private void DeleteUnfinished()
    {
        foreach (var end in (ReadOnlySpan<string>)["", "-wal", "-shm", "-journal"]) File.Delete(_unfinished + end);
    }

    // Derived from the log that was here before; the server makes it anew.
    private void DeleteDerived()
    {
        foreach (var end in (ReadOnlySpan<string>)["", "-wal", "-shm", "-journal"])
            File.Delete(Path.Combine(Path.GetDirectoryName(_path)!, TopicIndexSchema.FileName + end));
    }
}
