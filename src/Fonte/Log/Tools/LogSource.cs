using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Fonte;

/// <summary>A log that a tool reads, beside a live server or alone, and never changes.</summary>
internal sealed class LogSource : IDisposable
{
    private readonly bool _leavesFiles;

    private LogSource(string path, SqliteConnection connection, bool isOpenElsewhere, bool leavesFiles) =>
        (Path, Connection, IsOpenElsewhere, _leavesFiles) = (path, connection, isOpenElsewhere, leavesFiles);

    /// <summary>The database's path.</summary>
    internal string Path { get; }

    internal SqliteConnection Connection { get; }

    /// <summary>Whether a server had the log open when the tool came.</summary>
    internal bool IsOpenElsewhere { get; }

    /// <summary>Opens the log of a folder after the checks that need no reading of events.</summary>
    /// <exception cref="LogUnavailableException">With the sentence for the operator.</exception>
    internal static LogSource Open(string directory)
    {
        directory = System.IO.Path.GetFullPath(directory);
        var path = System.IO.Path.Combine(directory, SqliteLogSchema.FileName);
        if (!Directory.Exists(directory)) throw new LogUnavailableException($"There is no folder {directory}.");
        if (!File.Exists(path)) throw new LogUnavailableException($"There is no log in the folder {directory}.");
        SqliteConnection? connection = null;
        try
        {
            var isOpenElsewhere = DurableFiles.IsLocked(System.IO.Path.Combine(directory, SqliteLogSchema.LockName));
            // It may be this very process that has it open, and then only SQLite may touch the file.
            if (!isOpenElsewhere) SqliteLogFile.CheckHeader(path);
            var leavesFiles = !isOpenElsewhere && !File.Exists(path + "-shm") && !HasWriteAheadLog(path);
            connection = Connect(path);
            Check(connection, path);
            return new LogSource(path, connection, isOpenElsewhere, leavesFiles);
        }
        catch (Exception exception)
        {
            connection?.Dispose();
            throw exception switch
            {
                SqliteException { SqliteErrorCode: raw.SQLITE_NOTADB } => NotALog(path),
                SqliteException { SqliteErrorCode: raw.SQLITE_CORRUPT or raw.SQLITE_ERROR } => new LogUnavailableException($"The log {path} is damaged: {exception.Message}", exception),
                SqliteException { SqliteErrorCode: raw.SQLITE_CANTOPEN } when HasWriteAheadLog(path) => new LogUnavailableException(
                    $"The log {path} has a write-ahead log, which cannot be read in a folder that cannot be written; copy the folder and use the copy.", exception),
                SqliteException or IOException or UnauthorizedAccessException => new LogUnavailableException($"The log {path} cannot be opened: {exception.Message}", exception),
                _ => exception,
            };
        }
    }

    internal bool HasTable(string name) => Connection.Scalar($"SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = '{name}'") > 0;

    /// <summary>Turns SQLite's word that the file is not sound into ours.</summary>
    internal LogDamagedException Damaged(SqliteException exception) =>
        new($"The log {Path} cannot be read: {exception.Message}", exception);

    public void Dispose()
    {
        Connection.Dispose();
        if (_leavesFiles) TakeFilesAway(Path);
    }

    // A reader makes an empty write-ahead log and shared memory, and only a writer that is the last to close takes them away. The database is not written.
    private static void TakeFilesAway(string path)
    {
        if (!File.Exists(path + "-shm")) return;
        try
        {
            using var last = SqliteConnections.Open(path, SqliteOpenMode.ReadWrite);
            last.Scalar("SELECT count(*) FROM sqlite_schema");
        }
        catch (SqliteException)
        {
            // They are empty and do no harm.
        }
    }

    private static bool HasWriteAheadLog(string path) => new FileInfo(path + "-wal") is { Exists: true, Length: > 0 };

    private static SqliteConnection Connect(string path)
    {
        try
        {
            return ConnectTo(path);
        }
        catch (SqliteException exception) when (exception.SqliteErrorCode is raw.SQLITE_CANTOPEN or raw.SQLITE_READONLY && !HasWriteAheadLog(path))
        {
            // Reading makes shared memory beside the database; where the folder cannot be written nobody can change the log either.
            return ConnectTo($"{new Uri(path).AbsoluteUri}?immutable=1");
        }
    }

    private static SqliteConnection ConnectTo(string file)
    {
        var connection = SqliteConnections.Open(file, SqliteOpenMode.ReadOnly, "PRAGMA busy_timeout = 2000");
        try
        {
            // Only the first read of a page opens what stands beside the database.
            connection.Scalar("SELECT count(*) FROM sqlite_schema");
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private static void Check(SqliteConnection connection, string path)
    {
        if (new FileInfo(path).Length == 0) throw NotALog(path);
        if (connection.Scalar("PRAGMA application_id") != SqliteLogSchema.ApplicationId)
            throw new LogUnavailableException($"The file {path} is the database of another program; give the folder of a log.");
        var version = connection.Scalar("PRAGMA user_version");
        if (version > SqliteLogSchema.Version)
            throw new LogUnavailableException($"The log {path} was made by a newer version of Fonte (format {version}, this one knows {SqliteLogSchema.Version}); use that version.");
        if (version < 1) throw new LogUnavailableException($"The log {path} is damaged: its format version is {version}.");
        if (connection.Scalar("SELECT count(*) FROM epoch") < 1 || connection.Scalar("SELECT count(*) FROM state") != 1)
            throw new LogUnavailableException($"The log {path} is damaged: it has no identity.");
    }

    private static LogUnavailableException NotALog(string path) => new($"The file {path} is not a Fonte log; give the folder of a log.");
}
