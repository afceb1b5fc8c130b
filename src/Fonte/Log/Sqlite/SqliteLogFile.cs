using System.Buffers.Binary;
using Microsoft.Data.Sqlite;
using Microsoft.Win32.SafeHandles;
using SQLitePCL;

namespace Fonte;

/// <summary>The log's folder, locked for this process, with a database in it that was found sound.</summary>
internal sealed class SqliteLogFile : IDisposable
{
    private const int HeaderSize = 100;
    private static readonly TimeSpan LongestLook = TimeSpan.FromMilliseconds(20);
    private readonly SafeFileHandle _lock;

    private SqliteLogFile(string path, SafeFileHandle fileLock)
    {
        Path = path;
        _lock = fileLock;
    }

    internal string Path { get; }

    /// <summary>Locks the folder, makes the database if there is none, and checks the one there is without changing it.</summary>
    /// <exception cref="LogUnavailableException">With the sentence for the operator.</exception>
    internal static SqliteLogFile Open(string directory, TimeProvider time, LogEpoch? replica = null)
    {
        var fileLock = Lock(directory);
        var path = System.IO.Path.Combine(directory, SqliteLogSchema.FileName);
        try
        {
            if (!File.Exists(path)) Create(path, time, replica);
            else if (Check(path) is var version and < SqliteLogSchema.Version) Migrate(path, version);
            return new SqliteLogFile(path, fileLock);
        }
        catch (Exception exception)
        {
            fileLock.Dispose();
            throw exception switch
            {
                LogUnavailableException => exception,
                SqliteException { SqliteErrorCode: raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB or raw.SQLITE_ERROR } or LogDamagedException =>
                    new LogUnavailableException($"The log {path} is damaged: {exception.Message}", exception),
                SqliteException or IOException or UnauthorizedAccessException => new LogUnavailableException($"The log {path} cannot be opened: {exception.Message}", exception),
                _ => exception,
            };
        }
    }

    public void Dispose() => _lock.Dispose();

    /// <summary>Makes the folder if it is missing, and locks it for this process.</summary>
    /// <exception cref="LogUnavailableException">With the sentence for the operator.</exception>
    internal static SafeFileHandle Lock(string directory)
    {
        try
        {
            DurableFiles.CreateDirectory(directory);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new LogUnavailableException($"The data folder {directory} cannot be made: {exception.Message}", exception);
        }
        var path = System.IO.Path.Combine(directory, SqliteLogSchema.LockName);
        try
        {
            SafeFileHandle? held = null;
            // Whoever asks whether a log is open holds the lock for some microseconds.
            SpinWait.SpinUntil(() => (held = DurableFiles.TryLock(path)) is not null, LongestLook);
            return held ?? throw new LogUnavailableException($"The log in {directory} is in use by another server; stop that one, or give this one another folder.");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new LogUnavailableException($"The data folder {directory} cannot be written: {exception.Message}", exception);
        }
    }

    // Made beside its place and renamed when it is whole: a crash in between leaves no half-made log.
    private static void Create(string path, TimeProvider time, LogEpoch? replica)
    {
        if (File.Exists(path + "-wal"))
            throw new LogUnavailableException($"The log {path} is missing, but its write-ahead log {path}-wal is there; put the log back, or move that file away.");
        var unfinished = path + ".new";
        foreach (var left in (ReadOnlySpan<string>)[unfinished, unfinished + "-wal", unfinished + "-shm", unfinished + "-journal"])
            File.Delete(left);
        using (var connection = SqliteConnections.Open(unfinished, SqliteOpenMode.ReadWriteCreate, SqliteLogSchema.Settings))
        {
            connection.Execute($"""
                BEGIN;
                {SqliteLogSchema.Tables}
                INSERT INTO epoch VALUES (1, '{replica?.Epoch ?? LogEpoch.Create()}', {replica?.FirstOffset ?? 1}, {time.GetUnixMicroseconds()});
                INSERT INTO state VALUES (1, {replica?.FirstOffset ?? 1}, '', 0);
                {(replica is null ? "" : SqliteLogSchema.ReplicaTable)}
                PRAGMA application_id = {SqliteLogSchema.ApplicationId};
                PRAGMA user_version = {SqliteLogSchema.Version};
                COMMIT;
                """);
            // Last, so that until here everything is in the one file that is renamed.
            connection.Execute("PRAGMA journal_mode = WAL;");
        }
        if (File.Exists(unfinished + "-wal")) throw new IOException("The new log could not be written whole.");
        DurableFiles.Rename(unfinished, path);
    }

    // All steps in one transaction: a crash leaves the old version or the new one.
    private static void Migrate(string path, int version)
    {
        using var connection = SqliteConnections.Open(path, SqliteOpenMode.ReadWrite, "PRAGMA synchronous = FULL; BEGIN IMMEDIATE;");
        for (; version < SqliteLogSchema.Version; version++) connection.Execute(SqliteLogSchema.Migrations[version - 1]);
        connection.Execute($"PRAGMA user_version = {SqliteLogSchema.Version}; COMMIT;");
    }

    /// <summary>Returns the version of a sound log.</summary>
    private static int Check(string path)
    {
        var version = CheckHeader(path);
        using var connection = SqliteConnections.Open(path, SqliteOpenMode.ReadOnly);
        if (connection.Scalar("SELECT count(*) FROM epoch") < 1 || connection.Scalar("SELECT count(*) FROM state") != 1)
            throw new LogDamagedException("It has no identity.");
        foreach (var end in (ReadOnlySpan<string>)["ASC", "DESC"])
        {
            using var statement = new SqliteStatement(connection, $"SELECT {SqliteLogSchema.Columns} FROM event ORDER BY offset {end} LIMIT 1");
            if (statement.Step()) EventRow.Read(statement, path);
        }
        return version;
    }

    /// <summary>
    /// Tells a log from other files, and returns its version. Read before SQLite may touch the file: it would make another program's database its
    /// own (SQLite file format, section 1.3). Not while this process has the log open: closing the file would drop SQLite's locks (fcntl(2)).
    /// </summary>
    /// <exception cref="LogUnavailableException">With the sentence for the operator.</exception>
    internal static int CheckHeader(string path)
    {
        Span<byte> header = stackalloc byte[HeaderSize];
        using var file = File.OpenHandle(path);
        if (RandomAccess.Read(file, header, 0) < HeaderSize || !header.StartsWith("SQLite format 3\0"u8))
            throw new LogUnavailableException($"The file {path} is not a Fonte log; move it away, or give another data folder.");
        if (BinaryPrimitives.ReadInt32BigEndian(header[68..]) != SqliteLogSchema.ApplicationId)
            throw new LogUnavailableException($"The file {path} is the database of another program; move it away, or give another data folder.");
        var version = BinaryPrimitives.ReadInt32BigEndian(header[60..]);
        if (version > SqliteLogSchema.Version)
            throw new LogUnavailableException($"The log {path} was made by a newer version of Fonte (format {version}, this one knows {SqliteLogSchema.Version}); use that version.");
        // A page of 65,536 bytes does not fit the field and is written as 1.
        var written = BinaryPrimitives.ReadUInt16BigEndian(header[16..]);
        var pageSize = written == 1 ? 65_536 : written;
        var wholeSize = (long)pageSize * BinaryPrimitives.ReadUInt32BigEndian(header[28..]);
        var wal = new FileInfo(path + "-wal");
        if (RandomAccess.GetLength(file) < wholeSize && (!wal.Exists || wal.Length == 0))
            throw new LogUnavailableException($"The log {path} is damaged: it is cut short ({RandomAccess.GetLength(file)} of {wholeSize} bytes).");
        return version;
    }
}
