using System.Diagnostics;
using Microsoft.Data.Sqlite;

namespace Fonte;

/// <summary>One read connection with its prepared statements. Used by one thread at a time.</summary>
internal sealed class SqliteLogReader : IDisposable
{
    // A longer read transaction would keep the write-ahead log from being checkpointed behind it.
    private static readonly TimeSpan LongestTransaction = TimeSpan.FromMilliseconds(50);
    private readonly string _file;
    private readonly SqliteConnection _connection;
    private readonly SqliteStatement _range;
    private readonly SqliteStatement _oldest;
    private readonly SqliteStatement _byId;

    internal SqliteLogReader(string file)
    {
        _file = file;
        _connection = SqliteConnections.Open(file, SqliteOpenMode.ReadOnly);
        _range = new(_connection, $"SELECT {SqliteLogSchema.Columns} FROM event WHERE offset >= ?1 AND offset < ?2 ORDER BY offset");
        _oldest = new(_connection, "SELECT min(offset) FROM event");
        _byId = new(_connection, $"SELECT {SqliteLogSchema.Columns} FROM event WHERE id_hash = ?1 ORDER BY offset");
    }

    internal LogSlice Read(long from, long end, int maxEvents, long maxBytes)
    {
        var events = new List<LoggedEvent>();
        var bytes = 0L;
        var next = end;
        var started = Stopwatch.GetTimestamp();
        try
        {
            _range.Bind(1, from);
            _range.Bind(2, end);
            while (_range.Step())
            {
                var logged = EventRow.Read(_range, _file);
                events.Add(logged);
                bytes += logged.Size;
                if (events.Count < maxEvents && bytes < maxBytes && Stopwatch.GetElapsedTime(started) < LongestTransaction) continue;
                next = logged.Offset + 1;
                break;
            }
        }
        finally
        {
            _range.Reset();
        }
        return new(from, next, events);
    }

    internal long? Oldest()
    {
        try
        {
            return _oldest.Step() && !_oldest.IsNull(0) ? _oldest.Integer(0) : null;
        }
        finally
        {
            _oldest.Reset();
        }
    }

    internal long? FindEventId(string id)
    {
        try
        {
            _byId.Bind(1, EventRow.HashOf(id));
            while (_byId.Step())
            {
                var candidate = EventRow.Read(_byId, _file);
                if (candidate.Id == id) return candidate.Offset;
            }
            return null;
        }
        finally
        {
            _byId.Reset();
        }
    }

    public void Dispose()
    {
        _range.Dispose();
        _oldest.Dispose();
        _byId.Dispose();
        _connection.Dispose();
    }
}
