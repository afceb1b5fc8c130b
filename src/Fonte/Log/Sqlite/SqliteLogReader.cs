using Microsoft.Data.Sqlite;

namespace Fonte;

/// <summary>One read connection with its prepared statements. Used by one thread at a time.</summary>
internal sealed class SqliteLogReader : IDisposable
{
    private readonly string _file;
    private readonly TopicIndex _index;
    private readonly OpenBlocks _open;
    private readonly SqliteConnection _connection;
    private readonly SqliteStatement _range;
    private readonly SqliteStatement _one;
    private readonly SqliteStatement _timeFrom;
    private readonly SqliteStatement _topics;
    private readonly SqliteStatement _truncatedTo;
    private readonly SqliteStatement _begin;
    private readonly SqliteStatement _commit;
    private readonly List<long> _offsets = [];
    private TopicIndexReader? _indexReader;

    internal SqliteLogReader(string file, TopicIndex index, OpenBlocks open)
    {
        (_file, _index, _open) = (file, index, open);
        _connection = SqliteConnections.Open(file, SqliteOpenMode.ReadOnly, "PRAGMA busy_timeout = 50");
        try
        {
            _range = new(_connection, $"SELECT {SqliteLogSchema.Columns} FROM event WHERE offset >= ?1 AND offset < ?2 ORDER BY offset");
            _one = new(_connection, $"SELECT {SqliteLogSchema.Columns} FROM event WHERE offset = ?1");
            _timeFrom = new(_connection, "SELECT time FROM event WHERE offset >= ?1 ORDER BY offset LIMIT 1");
            _topics = new(_connection, "SELECT offset, topics, id_hash FROM event WHERE offset >= ?1 AND offset < ?2 ORDER BY offset");
            _truncatedTo = new(_connection, "SELECT truncated_to FROM truncated WHERE topic = ?1");
            _begin = new(_connection, "BEGIN");
            _commit = new(_connection, "COMMIT");
        }
        catch
        {
            _connection.Dispose();
            throw;
        }
    }

    /// <summary>Reads events of these topics in [<paramref name="from"/>, <paramref name="end"/>).</summary>
    internal LogSlice Read(TopicSelection topics, long from, long end, int maxEvents, long maxBytes)
    {
        var run = new ReadRun(from, maxEvents, maxBytes);
        _begin.Run();
        try
        {
            if (topics.IsExact) ReadSelected(topics, end, run);
            else ReadRange(topics, end, run);
        }
        finally
        {
            _commit.Run();
        }
        return new(from, run.Next, run.Events);
    }

    /// <summary>The earliest kept event with this own ID below <paramref name="end"/>.</summary>
    internal long? FindEventId(string id, long oldest, long end)
    {
        var hash = EventRow.HashOf(id);
        var (found, sealedTo) = FindSealedId(hash);
        foreach (var offset in found)
        {
            if (offset >= oldest && HasId(offset, id)) return offset;
        }
        for (var from = Math.Max(oldest, Block.Start(sealedTo)); from < end; from = Block.Start(Block.Of(from) + 1))
        {
            _offsets.Clear();
            if (!_open.TryFindId(Block.Of(from), hash, _offsets)) FindIdHash(hash, from, Block.Start(Block.Of(from) + 1));
            foreach (var offset in _offsets)
            {
                if (offset >= oldest && offset < end && HasId(offset, id)) return offset;
            }
        }
        return null;
    }

    /// <summary>The time of the first event at this offset or above, or <see langword="null"/>.</summary>
    internal long? TimeFrom(long offset)
    {
        try
        {
            _timeFrom.Bind(1, offset);
            return _timeFrom.Step() ? _timeFrom.Integer(0) : null;
        }
        finally
        {
            _timeFrom.Reset();
        }
    }

    /// <summary>Below which offset a topic lacks events by itself; 0 when it lacks none.</summary>
    internal long TruncatedTo(string topic)
    {
        try
        {
            _truncatedTo.BindText(1, topic);
            return _truncatedTo.Step() ? _truncatedTo.Integer(0) : 0;
        }
        finally
        {
            _truncatedTo.Reset();
        }
    }

    /// <summary>Passes over topics and own IDs in [<paramref name="from"/>, <paramref name="to"/>), in one transaction that the caller keeps short.</summary>
    internal void ReadTopics(long from, long to, Action<long, string[], long?> visit)
    {
        try
        {
            _topics.Bind(1, from);
            _topics.Bind(2, to);
            while (_topics.Step()) visit(_topics.Integer(0), EventRow.TopicsOf(_topics.Text(1)), _topics.IsNull(2) ? null : _topics.Integer(2));
        }
        finally
        {
            _topics.Reset();
        }
    }

    /// <summary>How many pages the database has in use and free, and how many bytes one has.</summary>
    internal (long Used, long Free, long Size) Pages
    {
        get
        {
            var free = _connection.Scalar("PRAGMA freelist_count");
            return (_connection.Scalar("PRAGMA page_count") - free, free, _connection.Scalar("PRAGMA page_size"));
        }
    }

    /// <summary>The topics that somebody wants to be erased.</summary>
    internal List<string> AskedErasures()
    {
        var topics = new List<string>();
        using var statement = new SqliteStatement(_connection, "SELECT topic FROM erasure WHERE erased IS NULL");
        while (statement.Step()) topics.Add(statement.Text(0));
        return topics;
    }

    public void Dispose()
    {
        foreach (var statement in (ReadOnlySpan<SqliteStatement>)[_range, _one, _timeFrom, _topics, _truncatedTo, _begin, _commit]) statement.Dispose();
        _connection.Dispose();
        _indexReader?.Dispose();
    }

    private TopicIndexReader IndexReader
    {
        get
        {
            if (_indexReader?.Generation == _index.Generation) return _indexReader;
            _indexReader?.Dispose();
            return _indexReader = new(_index);
        }
    }

    private void ReadRange(TopicSelection topics, long end, ReadRun run)
    {
        try
        {
            _range.Bind(1, run.Next);
            _range.Bind(2, end);
            while (_range.Step())
            {
                if (!run.TryTake(_range, topics, _file)) return;
            }
            run.Next = end;
        }
        finally
        {
            _range.Reset();
        }
    }

    private void ReadSelected(TopicSelection topics, long end, ReadRun run)
    {
        while (run.Next < end && !run.IsOver)
        {
            var block = Block.Of(run.Next);
            var blockEnd = Math.Min(end, Block.Start(block + 1));
            _offsets.Clear();
            if (!TryFind(block, topics)) ReadRange(topics, blockEnd, run);
            else if (ReadOffsets(topics, blockEnd, run)) run.Next = blockEnd;
        }
    }

    // Where the index cannot tell, everything is read through.
    private bool TryFind(long block, TopicSelection topics)
    {
        if (block >= _index.SealedTo) return _open.TryFind(block, topics, _offsets);
        try
        {
            var index = IndexReader;
            // Looked at again afterwards: an index that was made anew meanwhile knows no block yet, and would seem to know that nothing is there.
            if (index.TryFind(block, topics, _offsets) && IsCurrent(index) && block < _index.SealedTo) return true;
        }
        catch (SqliteException)
        {
            _index.ReportDamage();
        }
        _offsets.Clear();
        return false;
    }

    private (List<long> Offsets, long SealedTo) FindSealedId(long hash)
    {
        try
        {
            var index = IndexReader;
            var sealedTo = _index.SealedTo;
            var found = index.FindId(hash, sealedTo);
            if (IsCurrent(index)) return (found, sealedTo);
        }
        catch (SqliteException)
        {
            _index.ReportDamage();
        }
        return ([], 0);
    }

    private bool IsCurrent(TopicIndexReader index) => index.Generation == _index.Generation && !_index.IsDamaged;

    private bool ReadOffsets(TopicSelection topics, long end, ReadRun run)
    {
        foreach (var offset in _offsets)
        {
            if (offset < run.Next) continue;
            if (offset >= end) return true;
            try
            {
                _one.Bind(1, offset);
                // The index also knows events that were dropped since.
                if (_one.Step() && !run.TryTake(_one, topics, _file)) return false;
            }
            finally
            {
                _one.Reset();
            }
        }
        return true;
    }

    private bool HasId(long offset, string id)
    {
        try
        {
            _one.Bind(1, offset);
            return _one.Step() && EventRow.Read(_one, _file).Id == id;
        }
        catch (LogDamagedException)
        {
            return false;
        }
        finally
        {
            _one.Reset();
        }
    }

    private void FindIdHash(long idHash, long from, long to) => ReadTopics(from, to, (offset, _, hash) =>
    {
        if (hash == idHash) _offsets.Add(offset);
    });
}
