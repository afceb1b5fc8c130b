using System.Diagnostics;
using Microsoft.Data.Sqlite;

namespace Fonte;

/// <summary>A row of a log: an event, or what is wrong where one stands.</summary>
internal readonly record struct LogRow(long Offset, LoggedEvent? Event, byte[]? Seal, LogDamage? Damage)
{
    /// <summary>What the column beside the ID holds, which no checksum guards.</summary>
    internal long? IdHash { get; init; }
}

/// <summary>Reads a log from one offset to another, block by block, and goes on behind what cannot be read.</summary>
internal sealed class LogRows : IDisposable
{
    private const int MostRows = 4096;
    private const int MostBytes = 4 * 1024 * 1024;
    private const int SealColumn = 8;
    private static readonly int IdHashColumn = SqliteLogSchema.Columns.Count(character => character == ',') + 1;

    // A longer read transaction would keep the server's write-ahead log from being emptied.
    private static readonly TimeSpan LongestTransaction = TimeSpan.FromMilliseconds(50);
    private readonly LogSource _source;
    private readonly SqliteStatement _range;
    private readonly SqliteStatement _probe;
    private readonly long _end;
    private long _next;

    internal LogRows(LogSource source, long from, long end)
    {
        (_source, _next, _end) = (source, from, end);
        try
        {
            _range = new(source.Connection, $"SELECT {SqliteLogSchema.Columns}, id_hash FROM event WHERE offset >= ?1 AND offset < ?2 ORDER BY offset");
            _probe = new(source.Connection, "SELECT offset FROM event WHERE offset >= ?1 ORDER BY offset LIMIT 1");
        }
        catch (SqliteException exception)
        {
            throw source.Damaged(exception);
        }
    }

    /// <summary>Where the next block begins: everything before it was given.</summary>
    internal long Next => Math.Min(_next, _end);

    /// <summary>Replaces the list's rows by the next ones; false at the end. No transaction is open when it returns.</summary>
    internal bool Read(List<LogRow> rows)
    {
        rows.Clear();
        if (_next >= _end) return false;
        var started = Stopwatch.GetTimestamp();
        var bytes = 0L;
        try
        {
            _range.Bind(1, _next);
            _range.Bind(2, _end);
            while (true)
            {
                if (!_range.Step())
                {
                    _next = _end;
                    break;
                }
                var row = Current();
                // A ruined tree can lead back; going on from there would never end.
                if (row.Offset < _next) throw new SqliteException("the offsets are out of order", SQLitePCL.raw.SQLITE_CORRUPT);
                rows.Add(row);
                bytes += row.Event?.Size ?? 0;
                _next = row.Offset + 1;
                if (rows.Count >= MostRows || bytes >= MostBytes || Stopwatch.GetElapsedTime(started) >= LongestTransaction) break;
            }
        }
        catch (SqliteException exception) when (IsDamage(exception))
        {
            _range.Reset();
            rows.Add(Skip(exception));
        }
        catch (SqliteException exception)
        {
            throw new IOException($"The log {_source.Path} cannot be read: {exception.Message}", exception);
        }
        finally
        {
            _range.Reset();
        }
        return true;
    }

    public void Dispose()
    {
        _range.Dispose();
        _probe.Dispose();
    }

    private LogRow Current()
    {
        var offset = _range.Integer(0);
        try
        {
            var logged = EventRow.Read(_range, _source.Path);
            return new(offset, logged, _range.IsNull(SealColumn) ? null : _range.Bytes(SealColumn).ToArray(), null)
            {
                IdHash = _range.IsNull(IdHashColumn) ? null : _range.Integer(IdHashColumn),
            };
        }
        catch (LogDamagedException exception)
        {
            return new(offset, null, null, new(offset, exception.Message));
        }
    }

    // Doubles the distance until something can be read, then halves it: a page that is lost takes a run of offsets with it.
    private LogRow Skip(SqliteException cause)
    {
        var lost = _next;
        var distance = 1L;
        while (lost + distance < _end && !CanRead(lost + distance)) distance = Math.Min(distance * 2, _end - lost);
        var good = Math.Min(lost + distance, _end);
        for (var bad = lost; good - bad > 1;)
        {
            var middle = bad + (good - bad) / 2;
            if (CanRead(middle)) good = middle;
            else bad = middle;
        }
        _next = good;
        return new(lost, null, null, new LogDamage(lost, $"The events at offsets {lost} to {good - 1} in {_source.Path} cannot be read: {cause.Message}.") { LastOffset = good - 1 });
    }

    private bool CanRead(long offset)
    {
        try
        {
            _probe.Bind(1, offset);
            return !_probe.Step() || _probe.Integer(0) >= offset;
        }
        catch (SqliteException exception) when (IsDamage(exception))
        {
            return false;
        }
        finally
        {
            _probe.Reset();
        }
    }

    private static bool IsDamage(SqliteException exception) =>
        exception.SqliteErrorCode is SQLitePCL.raw.SQLITE_CORRUPT or SQLitePCL.raw.SQLITE_NOTADB or SQLitePCL.raw.SQLITE_IOERR or SQLitePCL.raw.SQLITE_ERROR;
}
