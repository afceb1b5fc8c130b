using Microsoft.Data.Sqlite;

namespace Fonte;

/// <summary>The index's one connection that writes. Belongs to the thread of the log's upkeep, but for what is said to be thread-safe.</summary>
internal sealed class TopicIndex : IDisposable
{
    // A power cut may take the newest blocks away but leaves the file whole; the blocks are sealed again.
    private const string Settings = "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA busy_timeout = 1000;";
    private readonly string _file;
    private SqliteConnection? _connection;
    private long _sealedTo;
    private int _generation;
    private volatile bool _damaged;

    private TopicIndex(string file) => _file = file;

    internal string Path => _file;

    /// <summary>All blocks below this one, back to the oldest kept, are sealed. Thread-safe.</summary>
    internal long SealedTo => Volatile.Read(ref _sealedTo);

    /// <summary>Changes when the file was made anew, so that readers open it again. Thread-safe.</summary>
    internal int Generation => Volatile.Read(ref _generation);

    internal bool IsDamaged => _damaged;

    internal SqliteConnection Connection => _connection ?? throw new InvalidOperationException("The index is not open.");

    /// <summary>Opens the index of a log, or an empty one where there is none that fits.</summary>
    /// <exception cref="SqliteException">The file cannot be made.</exception>
    /// <exception cref="IOException">The damaged file cannot be removed.</exception>
    internal static TopicIndex Open(string file, SqliteLogState state)
    {
        var index = new TopicIndex(file);
        if (!index.TryOpen(state)) index.Renew(state.Identity);
        return index;
    }

    /// <summary>Says that the file is not as it was written; the upkeep makes it anew. Thread-safe.</summary>
    internal void ReportDamage() => _damaged = true;

    /// <summary>Makes an empty index in the place of what there is.</summary>
    internal void Renew(LogIdentity identity)
    {
        Volatile.Write(ref _sealedTo, 0);
        _connection?.Dispose();
        _connection = null;
        foreach (var part in (ReadOnlySpan<string>)[_file, _file + "-wal", _file + "-shm"]) File.Delete(part);
        _connection = SqliteConnections.Open(_file, SqliteOpenMode.ReadWriteCreate, Settings);
        var current = identity.Lineage[^1];
        _connection.Execute($"""
            BEGIN;
            {TopicIndexSchema.Tables}
            INSERT INTO state VALUES (1, '{current.Epoch}', {current.FirstOffset}, 0, 0, '');
            PRAGMA application_id = {TopicIndexSchema.ApplicationId};
            PRAGMA user_version = {TopicIndexSchema.Version};
            COMMIT;
            """);
        _damaged = false;
        Interlocked.Increment(ref _generation);
    }

    /// <summary>Writes a block whose events all stand in the log.</summary>
    /// <param name="contents">Of the block at <see cref="SealedTo"/>, or of a later one when those before have no events any more.</param>
    internal void Seal(BlockContents contents)
    {
        var (block, ids) = (contents.Block, contents.Ids);
        ids.Sort();
        using var transaction = Connection.BeginTransaction();
        SealTopics(contents);
        using (var insert = new SqliteStatement(Connection, "INSERT INTO own_id VALUES (?1, ?2, ?3)"))
        {
            foreach (var (hash, offset) in ids)
            {
                insert.Bind(1, block);
                insert.Bind(2, hash);
                insert.Bind(3, offset);
                insert.Run();
            }
        }
        Connection.Execute($"INSERT INTO block VALUES ({block}); UPDATE state SET sealed_to = {block + 1};");
        transaction.Commit();
        Volatile.Write(ref _sealedTo, block + 1);
    }

    /// <summary>Passes over blocks of which nothing is kept.</summary>
    internal void SkipTo(long block)
    {
        Connection.Execute($"UPDATE state SET sealed_to = {block}");
        Volatile.Write(ref _sealedTo, block);
    }

    /// <summary>Removes the oldest block below this one; false when there is none.</summary>
    internal bool TryDropOldest(long below)
    {
        var oldest = Connection.Scalar("SELECT coalesce(min(block), -1) FROM block");
        if (oldest < 0 || oldest >= below) return false;
        Connection.Execute($"BEGIN; DELETE FROM topic WHERE block = {oldest}; DELETE FROM own_id WHERE block = {oldest}; DELETE FROM block WHERE block = {oldest}; COMMIT;");
        return true;
    }

    /// <summary>Removes a topic's name from all blocks below this one; for all, also from what is kept of topics of which only the last events are.</summary>
    internal void Forget(string topic, long below)
    {
        // So that the name does not stay in the file's free space.
        Connection.Execute("PRAGMA secure_delete = ON");
        using var transaction = Connection.BeginTransaction();
        foreach (var sql in (ReadOnlySpan<string>)["DELETE FROM topic WHERE block IN (SELECT block FROM block WHERE block < ?2) AND topic = ?1", "DELETE FROM latest WHERE topic = ?1 AND ?2 = 9223372036854775807"])
        {
            using var delete = new SqliteStatement(Connection, sql);
            delete.BindText(1, topic);
            delete.Bind(2, below);
            delete.Run();
        }
        transaction.Commit();
        Connection.Execute("PRAGMA secure_delete = OFF; PRAGMA wal_checkpoint(TRUNCATE);");
    }

    public void Dispose() => _connection?.Dispose();

    // In the order of the keys, so that each row is added at the end.
    private void SealTopics(BlockContents contents)
    {
        using var insert = new SqliteStatement(Connection, "INSERT INTO topic VALUES (?1, ?2, ?3)");
        var buffer = new byte[PlaceList.MaxLength];
        insert.Bind(1, contents.Block);
        contents.VisitTopics((topic, places) =>
        {
            insert.BindText(2, topic);
            insert.BindBlob(3, PlaceList.Encode(contents.Block, topic, places, buffer));
            insert.Run();
        });
    }

    private bool TryOpen(SqliteLogState log)
    {
        if (!File.Exists(_file)) return false;
        try
        {
            _connection = SqliteConnections.Open(_file, SqliteOpenMode.ReadWrite, Settings);
            if (_connection.Scalar("PRAGMA application_id") != TopicIndexSchema.ApplicationId || _connection.Scalar("PRAGMA user_version") != TopicIndexSchema.Version) return false;
            if (ValidTo(log.Identity, log.NextOffset) is not { } validTo) return false;
            var sealedTo = CutTo(Block.Of(validTo));
            var oldest = Block.Of(log.OldestOffset);
            if (_connection.Scalar($"SELECT count(*) FROM block WHERE block >= {oldest}") != Math.Max(0, sealedTo - oldest)) return false;
            var current = log.Identity.Lineage[^1];
            _connection.Execute($"UPDATE state SET epoch = '{current.Epoch}', first_offset = {current.FirstOffset}");
            Volatile.Write(ref _sealedTo, sealedTo);
            return true;
        }
        catch (SqliteException)
        {
            // Whatever it is, it can be made again from the log.
            return false;
        }
    }

    /// <summary>Below which offset the index can be of this log; <see langword="null"/> when it is another's.</summary>
    private long? ValidTo(LogIdentity identity, long nextOffset)
    {
        using var state = new SqliteStatement(Connection, "SELECT epoch, first_offset FROM state");
        if (!state.Step()) return null;
        var known = new LogEpoch(state.Text(0), state.Integer(1));
        for (var i = 0; i < identity.Lineage.Count; i++)
        {
            // What came after the epoch ended may have been rolled back in the log and written anew.
            if (identity.Lineage[i] == known) return i + 1 < identity.Lineage.Count ? Math.Min(identity.Lineage[i + 1].FirstOffset, nextOffset) : nextOffset;
        }
        return null;
    }

    private long CutTo(long block)
    {
        var sealedTo = Connection.Scalar("SELECT sealed_to FROM state");
        if (sealedTo <= block) return sealedTo;
        Connection.Execute($"""
            BEGIN;
            DELETE FROM topic WHERE block >= {block}; DELETE FROM own_id WHERE block >= {block}; DELETE FROM block WHERE block >= {block};
            DELETE FROM latest; UPDATE state SET sealed_to = {block}, latest_to = 0;
            COMMIT;
            """);
        return block;
    }
}
