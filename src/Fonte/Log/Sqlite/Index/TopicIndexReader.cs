using Microsoft.Data.Sqlite;

namespace Fonte;

/// <summary>Looks up sealed blocks. Used by one thread at a time.</summary>
internal sealed class TopicIndexReader : IDisposable
{
    private readonly TopicIndex _index;
    private readonly SqliteConnection _connection;
    private readonly SqliteStatement _places;
    private readonly SqliteStatement _ownId;

    internal TopicIndexReader(TopicIndex index)
    {
        _index = index;
        Generation = index.Generation;
        _connection = SqliteConnections.Open(index.Path, SqliteOpenMode.ReadOnly, "PRAGMA busy_timeout = 50");
        try
        {
            _places = new(_connection, "SELECT places FROM topic WHERE block = ?1 AND topic = ?2");
            _ownId = new(_connection, """
                SELECT own_id.offset FROM block CROSS JOIN own_id ON own_id.block = block.block AND own_id.id_hash = ?1
                WHERE block.block < ?2 ORDER BY block.block
                """);
        }
        catch
        {
            _connection.Dispose();
            throw;
        }
    }

    internal int Generation { get; }

    /// <summary>Adds the offsets of a block at which one of these topics stands, in order; false when the index cannot tell.</summary>
    internal bool TryFind(long block, TopicSelection topics, List<long> offsets)
    {
        var first = offsets.Count;
        try
        {
            foreach (var matcher in topics.Matchers)
            {
                if (!TryFind(block, matcher.Pattern, offsets)) return Damaged();
            }
        }
        catch (SqliteException)
        {
            return Damaged();
        }
        if (topics.Matchers.Count > 1) OpenBlocks.SortUnique(offsets, first);
        return true;

        bool Damaged()
        {
            _index.ReportDamage();
            offsets.RemoveRange(first, offsets.Count - first);
            return false;
        }
    }

    /// <summary>The offsets in sealed blocks below this one at which an own ID of this hash stands, in order.</summary>
    internal List<long> FindId(long idHash, long below)
    {
        var found = new List<long>();
        try
        {
            _ownId.Bind(1, idHash);
            _ownId.Bind(2, below);
            while (_ownId.Step()) found.Add(_ownId.Integer(0));
        }
        finally
        {
            _ownId.Reset();
        }
        return found;
    }

    public void Dispose()
    {
        _places.Dispose();
        _ownId.Dispose();
        _connection.Dispose();
    }

    private bool TryFind(long block, string topic, List<long> offsets)
    {
        try
        {
            _places.Bind(1, block);
            _places.BindText(2, topic);
            return !_places.Step() || PlaceList.TryDecode(block, topic, _places.Bytes(0), offsets);
        }
        finally
        {
            _places.Reset();
        }
    }
}
