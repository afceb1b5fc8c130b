using Microsoft.Data.Sqlite;

namespace Fonte;

/// <summary>Writes a log as lines of JSON (NDJSON), which <see cref="LogImport"/> reads.</summary>
/// <remarks>
/// <code>
/// {"fonte":"log","version":1,"lineage":[{"epoch":"…","first_offset":1}],"oldest":1,"next":3}
/// {"offset":1,"time":"2026-11-24T10:00:00.000001Z","topics":["a"],"data":"hi"}         also id, type, retry, private, idempotency_key (base64)
/// {"offset":2,…}
/// {"truncated":"topic","topic":"b","to":2}                                             below 2 events of b are missing
/// {"truncated":"rule","rule":"…","to":2}                                               … events under a rule of retention
/// {"truncated":"all","to":2}                                                           … events of any topic
/// {"fonte":"end","events":2}
/// </code>
/// The last mark is made when events were left out: because they are damaged, because they are of other topics than those asked for, or because retention
/// took them while the export ran. So a subscriber of an imported log that resumes below them is told of a gap.
/// </remarks>
public static class LogExport
{
    /// <summary>Writes every event below the next offset of this moment, in constant memory; beside a live server in transactions of 50 ms.</summary>
    /// <param name="directory">The log's folder.</param>
    /// <param name="output">Takes UTF-8.</param>
    /// <param name="options">Which events, and whom to tell. Damaged events are told and left out.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    /// <returns>How many events were written.</returns>
    /// <exception cref="LogUnavailableException">There is no log that can be opened.</exception>
    /// <exception cref="LogDamagedException">More than single events cannot be read.</exception>
    /// <exception cref="IOException">The output cannot be written.</exception>
    public static long Write(string directory, Stream output, LogExportOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(directory);
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(options);
        using var source = LogSource.Open(directory);
        try
        {
            return Write(source, output, options, cancellationToken);
        }
        catch (SqliteException exception)
        {
            throw source.Damaged(exception);
        }
    }

    private static long Write(LogSource source, Stream output, LogExportOptions options, CancellationToken cancellationToken)
    {
        var next = SqliteLogState.NextOffsetOf(source.Connection);
        var oldest = LogMarks.OldestOf(source, next);
        var topics = options.Topics.ToHashSet(StringComparer.Ordinal);
        using var lines = new LogLineWriter(output);
        lines.WriteHeader(SqliteLogState.Lineage(source.Connection), Math.Clamp(options.From, oldest, next), next);
        using var reader = new LogRows(source, Math.Max(1, options.From), next);
        var rows = new List<LogRow>();
        var events = 0L;
        var leftOut = 0L;
        while (reader.Read(rows))
        {
            cancellationToken.ThrowIfCancellationRequested();
            foreach (var row in rows)
            {
                if (row.Damage is not null) options.Damaged?.Invoke(row.Damage);
                if (row.Event is { } logged && (topics.Count == 0 || logged.Topics.Any(topics.Contains)))
                {
                    lines.WriteEvent(logged, row.Seal);
                    events++;
                }
                else leftOut = (row.Damage?.LastOffset ?? row.Offset) + 1;
            }
            lines.Flush();
            options.Progress?.Report(new(reader.Next, next, events));
        }
        var marks = LogMarks.ReadAfter(source, oldest, next);
        if (leftOut > 0) marks.AddAll(leftOut);
        lines.WriteMarks(marks);
        lines.WriteEnd(events);
        lines.Flush();
        return events;
    }
}
