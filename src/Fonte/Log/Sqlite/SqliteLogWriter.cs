using Microsoft.Data.Sqlite;

namespace Fonte;

/// <summary>The one connection that writes: a run of events is one transaction, one fsync.</summary>
/// <remarks>Not thread-safe; belongs to the writer's thread.</remarks>
internal sealed class SqliteLogWriter : IDisposable
{
    private readonly string _file;
    private readonly SqliteConnection _connection;
    private readonly SqliteStatement _begin;
    private readonly SqliteStatement _insert;
    private readonly SqliteStatement _commit;
    private readonly SqliteStatement _rollback;

    // The busy timeout is for readers in the way of TryTruncateWal, and for somebody who looks with sqlite3.
    private const string Settings = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA busy_timeout = 1000;";

    /// <summary>Opens the connection at <c>synchronous=FULL</c>; <see cref="Relax"/> changes that.</summary>
    internal SqliteLogWriter(string file)
    {
        _file = file;
        _connection = SqliteConnections.Open(file, SqliteOpenMode.ReadWrite, Settings);
        try
        {
            _begin = new(_connection, "BEGIN IMMEDIATE");
            _insert = new(_connection, SqliteLogSchema.Insert);
            _commit = new(_connection, "COMMIT");
            _rollback = new(_connection, "ROLLBACK");
        }
        catch
        {
            _connection.Dispose();
            throw;
        }
    }

    internal SqliteConnection Connection => _connection;

    /// <summary>Sets how durable commits are from now on.</summary>
    internal void Relax(SqliteSynchronous synchronous) =>
        _connection.Execute(synchronous == SqliteSynchronous.Full ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL");

    /// <summary>How long the write-ahead log is now, in bytes.</summary>
    internal long WalBytes => new FileInfo(_file + "-wal") is { Exists: true } wal ? wal.Length : 0;

    /// <summary>Writes all of the write-ahead log into the database and empties it; false when a reader was in the way.</summary>
    internal bool TryTruncateWal() => _connection.Scalar("PRAGMA wal_checkpoint(TRUNCATE)") == 0;

    /// <summary>
    /// Makes sure that what is in the log is on the disk and that the log can be written. After a failed fsync the pages it was for are
    /// lost or clean in the kernel's eyes, so only writing them again tells (fsync(2), "EIO").
    /// </summary>
    /// <exception cref="SqliteException">It cannot be written yet.</exception>
    internal bool TryProve()
    {
        if (!TryTruncateWal()) return false;
        _connection.Execute("UPDATE state SET boot = boot");
        return true;
    }

    /// <summary>Makes the events durable, all or none.</summary>
    /// <returns><see cref="AppendOutcome.Appended"/>, <see cref="AppendOutcome.Unavailable"/> or <see cref="AppendOutcome.OutcomeUnknown"/>, and why.</returns>
    internal (AppendOutcome Outcome, SqliteException? Cause) Commit(IReadOnlyList<LoggedEvent> events)
    {
        try
        {
            _begin.Run();
            foreach (var logged in events)
            {
                EventRow.Bind(_insert, logged);
                _insert.Run();
            }
        }
        catch (SqliteException exception)
        {
            RollBack();
            return (AppendOutcome.Unavailable, exception);
        }
        try
        {
            _commit.Run();
            return (AppendOutcome.Appended, null);
        }
        catch (SqliteException exception)
        {
            RollBack();
            return (AppendOutcome.OutcomeUnknown, exception);
        }
    }

    public void Dispose()
    {
        _begin.Dispose();
        _insert.Dispose();
        _commit.Dispose();
        _rollback.Dispose();
        _connection.Dispose();
    }

    private void RollBack()
    {
        try
        {
            _rollback.Run();
        }
        catch (SqliteException)
        {
            // SQLite has rolled back by itself, as it does for a full disk and most I/O errors (lang_transaction, "Response To Errors").
        }
    }
}
