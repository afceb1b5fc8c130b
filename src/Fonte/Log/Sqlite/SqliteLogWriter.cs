using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Fonte;

/// <summary>The one connection that writes: a run of events is one transaction, one fsync.</summary>
/// <remarks>Not thread-safe; belongs to the writer's thread.</remarks>
internal sealed partial class SqliteLogWriter : IDisposable
{
    private readonly string _file;
    private readonly SqliteConnection _connection;
    private readonly List<SqliteStatement> _statements = [];
    private readonly SqliteStatement _begin;
    private readonly SqliteStatement _insert;
    private readonly SqliteStatement _byKey;
    private readonly SqliteStatement _commit;
    private readonly SqliteStatement _rollback;
    private readonly SqliteStatement? _keepFingerprint;

    // The busy timeout is for readers in the way of TryTruncateWal, and for somebody who looks with sqlite3.
    private const string Settings = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA busy_timeout = 1000;";

    /// <summary>Opens the connection at <c>synchronous=FULL</c>; <see cref="Relax"/> changes that.</summary>
    /// <param name="file">The database.</param>
    /// <param name="isReplica">Whether it keeps another log's records.</param>
    internal SqliteLogWriter(string file, bool isReplica = false)
    {
        _file = file;
        _connection = SqliteConnections.Open(file, SqliteOpenMode.ReadWrite, Settings);
        try
        {
            _begin = Prepare("BEGIN IMMEDIATE");
            _insert = Prepare(SqliteLogSchema.Insert);
            _byKey = Prepare("SELECT offset, time, idempotency_key FROM event WHERE idempotency_key >= ?1 AND idempotency_key < ?2 ORDER BY offset DESC");
            _commit = Prepare("COMMIT");
            _rollback = Prepare("ROLLBACK");
            _dropBelow = Prepare("DELETE FROM event WHERE offset IN (SELECT offset FROM event WHERE offset < ?1 ORDER BY offset LIMIT ?2)");
            _dropOne = Prepare("DELETE FROM event WHERE offset = ?1");
            _mark = Prepare("INSERT INTO truncated VALUES (?1, ?2) ON CONFLICT DO UPDATE SET truncated_to = max(truncated_to, excluded.truncated_to)");
            _markRule = Prepare("INSERT INTO retained VALUES (?1, ?2) ON CONFLICT DO UPDATE SET truncated_to = max(truncated_to, excluded.truncated_to)");
            _keepNext = Prepare("UPDATE state SET next_offset = max(next_offset, ?1)");
            _forgetMarks = Prepare("DELETE FROM truncated WHERE topic IN (SELECT topic FROM truncated WHERE truncated_to <= ?1 LIMIT 256)");
            if (isReplica) _keepFingerprint = Prepare("UPDATE replica SET fingerprint = ?1");
            _erased = Prepare("UPDATE erasure SET erased = ?2 WHERE topic = ?1");
        }
        catch
        {
            Dispose();
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

    /// <summary>The latest event that came with this idempotency key: its offset, time and seal.</summary>
    internal (long Offset, long Time, byte[] Seal)? FindKey(ReadOnlySpan<byte> seal)
    {
        var key = seal[..IdempotencyKey.HalfLength];
        // Longer than any seal, so that every seal of this key lies below it.
        Span<byte> end = stackalloc byte[(2 * IdempotencyKey.HalfLength) + 1];
        end.Fill(byte.MaxValue);
        key.CopyTo(end);
        try
        {
            _byKey.BindBlob(1, key);
            _byKey.BindBlob(2, end);
            return _byKey.Step() ? (_byKey.Integer(0), _byKey.Integer(1), _byKey.Bytes(2).ToArray()) : null;
        }
        finally
        {
            _byKey.Reset();
        }
    }

    /// <summary>Makes the events durable, all or none, and with them a step of a removal.</summary>
    /// <returns><see cref="AppendOutcome.Appended"/>, <see cref="AppendOutcome.Unavailable"/> or <see cref="AppendOutcome.OutcomeUnknown"/>, and why.</returns>
    internal (AppendOutcome Outcome, SqliteException? Cause) Commit(CommitBatch batch, RemovalStep? removal)
    {
        try
        {
            _begin.Run();
            for (var i = 0; i < batch.Events.Count; i++)
            {
                EventRow.Bind(_insert, batch.Events[i], batch.SealOf(i));
                _insert.Run();
            }
            if (batch.Next is { } next) KeepNext(next);
            if (batch.Fingerprint is { } fingerprint) KeepFingerprint(fingerprint);
            removal?.Run(this);
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
            // A disk that is full fails the writing of the frames, so that none of the commit counts; any other failure may come after that.
            return (exception.SqliteErrorCode == raw.SQLITE_FULL ? AppendOutcome.Unavailable : AppendOutcome.OutcomeUnknown, exception);
        }
    }

    public void Dispose()
    {
        foreach (var statement in _statements) statement.Dispose();
        _connection.Dispose();
    }

    private void KeepFingerprint(byte[] fingerprint)
    {
        _keepFingerprint!.BindBlob(1, fingerprint);
        _keepFingerprint.Run();
    }

    private SqliteStatement Prepare(string sql)
    {
        var statement = new SqliteStatement(_connection, sql);
        _statements.Add(statement);
        return statement;
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
