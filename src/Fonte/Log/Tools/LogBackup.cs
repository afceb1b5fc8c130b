using Microsoft.Data.Sqlite;

namespace Fonte;

/// <summary>Copies a log, while a server uses it too, into another folder.</summary>
/// <remarks>
/// The copy is one snapshot: every event below the next offset at the start and none from there on. It has the lineage of the log and an epoch of
/// its own from there on, so cursors of the log resume on the copy, and those of events that the copy does not have are told of a gap.
/// </remarks>
public static class LogBackup
{
    /// <summary>Copies it, in read transactions of 50 ms; the copy gets its name when it is whole and on the disk.</summary>
    /// <param name="directory">The log's folder.</param>
    /// <param name="to">A folder without a log; made if it is missing.</param>
    /// <param name="options">Whom to tell. Damaged events are told and left out, and a gap is told where they were.</param>
    /// <param name="cancellationToken">Ends it early, with nothing left of the copy.</param>
    /// <exception cref="LogUnavailableException">There is no log that can be opened, or the copy cannot be made.</exception>
    /// <exception cref="LogDamagedException">More than single events cannot be read.</exception>
    /// <exception cref="IOException">The copy cannot be written.</exception>
    public static LogCopy Copy(string directory, string to, LogToolOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(directory);
        ArgumentNullException.ThrowIfNull(to);
        ArgumentNullException.ThrowIfNull(options);
        using var source = LogSource.Open(directory);
        try
        {
            using var target = NewLog.Create(to, replaceEmpty: false);
            return Copy(source, target, options, cancellationToken);
        }
        catch (SqliteException exception)
        {
            throw source.Damaged(exception);
        }
    }

    private static LogCopy Copy(LogSource source, NewLog target, LogToolOptions options, CancellationToken cancellationToken)
    {
        var next = SqliteLogState.NextOffsetOf(source.Connection);
        var oldest = LogMarks.OldestOf(source, next);
        var lineage = SqliteLogState.Lineage(source.Connection);
        using var reader = new LogRows(source, 1, next);
        var rows = new List<LogRow>();
        var events = 0L;
        var leftOut = 0L;
        while (reader.Read(rows))
        {
            cancellationToken.ThrowIfCancellationRequested();
            foreach (var row in rows)
            {
                if (row.Damage is { } damage)
                {
                    options.Damaged?.Invoke(damage);
                    leftOut = (damage.LastOffset ?? row.Offset) + 1;
                    continue;
                }
                target.Add(row.Event!, row.Seal);
                events++;
            }
            options.Progress?.Report(new(reader.Next, next, events));
        }
        var marks = LogMarks.ReadAfter(source, oldest, next);
        if (leftOut > 0) marks.AddAll(leftOut);
        return new(events, next, target.Finish(lineage, next, marks, options.TimeProvider.GetUnixMicroseconds()).Epoch);
    }
}

/// <summary>What a log that was copied or imported holds.</summary>
/// <param name="Events">How many events.</param>
/// <param name="NextOffset">The offset that its next event gets.</param>
/// <param name="Epoch">Its own epoch, from the next offset on.</param>
public sealed record LogCopy(long Events, long NextOffset, string Epoch);
