using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
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
    private readonly SqliteStatement _byId;

    internal SqliteLogReader(string file)
    {
        _file = file;
        _connection = SqliteConnections.Open(file, SqliteOpenMode.ReadOnly, "PRAGMA busy_timeout = 50");
        try
        {
            _range = new(_connection, $"SELECT {SqliteLogSchema.Columns} FROM event WHERE offset >= ?1 AND offset < ?2 ORDER BY offset");
            _byId = new(_connection, "SELECT offset, id FROM event WHERE id_hash = ?1 ORDER BY offset");
        }
        catch
        {
            _connection.Dispose();
            throw;
        }
    }

    internal LogSlice Read(TopicSelection topics, long from, long end, int maxEvents, long maxBytes)
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
                if (!TryReadRow(events.Count == 0, out var logged))
                {
                    next = _range.Integer(0);
                    break;
                }
                if (topics.Matches(logged.Topics))
                {
                    events.Add(logged);
                    bytes += logged.Size;
                }
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

    internal long? FindEventId(string id)
    {
        try
        {
            _byId.Bind(1, EventRow.HashOf(id));
            while (_byId.Step())
            {
                if (_byId.TextOrNull(1) == id) return _byId.Integer(0);
            }
            return null;
        }
        finally
        {
            _byId.Reset();
        }
    }

    // What lies before a damaged event is sound and is given; the damage is told to who reads from it on.
    private bool TryReadRow(bool isFirst, [NotNullWhen(true)] out LoggedEvent? logged)
    {
        try
        {
            logged = EventRow.Read(_range, _file);
            return true;
        }
        catch (LogDamagedException) when (!isFirst)
        {
            logged = null;
            return false;
        }
    }

    public void Dispose()
    {
        _range.Dispose();
        _byId.Dispose();
        _connection.Dispose();
    }
}
