using Microsoft.Data.Sqlite;

namespace Fonte;

/// <summary>The one connection that writes: a run of events is one transaction, one fsync.</summary>
/// <remarks>Not thread-safe; belongs to the writer's thread.</remarks>
internal sealed class SqliteLogWriter : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly SqliteStatement _begin;
    private readonly SqliteStatement _insert;
    private readonly SqliteStatement _commit;
    private readonly SqliteStatement _rollback;

    internal SqliteLogWriter(string file, SqliteSynchronous synchronous)
    {
        var level = synchronous == SqliteSynchronous.Full ? "FULL" : "NORMAL";
        _connection = SqliteConnections.Open(file, SqliteOpenMode.ReadWrite, $"PRAGMA journal_mode = WAL; PRAGMA synchronous = {level};");
        _begin = new(_connection, "BEGIN IMMEDIATE");
        _insert = new(_connection, SqliteLogSchema.Insert);
        _commit = new(_connection, "COMMIT");
        _rollback = new(_connection, "ROLLBACK");
    }

    internal SqliteConnection Connection => _connection;

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
