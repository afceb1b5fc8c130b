using Microsoft.Data.Sqlite;

namespace Fonte;

/// <summary>Each event, and whether what the log says of itself fits them.</summary>
internal sealed class EventCheck(LogSource source, Action<LogDamage> damaged)
{
    private const int MostGaps = 100;
    private readonly Queue<(long From, long To)> _gaps = [];
    private long _events;
    private long _last;
    private long _lastTime = long.MinValue;

    /// <summary>Returns how many events are sound.</summary>
    internal long Run(IProgress<LogProgress>? progress, CancellationToken cancellationToken)
    {
        try
        {
            var next = SqliteLogState.NextOffsetOf(source.Connection);
            ReadAll(next, progress, cancellationToken);
            CheckIdentity(next);
            CheckMarks();
        }
        catch (SqliteException exception)
        {
            damaged(new(null, source.Damaged(exception).Message));
        }
        catch (LogDamagedException exception)
        {
            damaged(new(null, exception.Message));
        }
        return _events;
    }

    private void ReadAll(long next, IProgress<LogProgress>? progress, CancellationToken cancellationToken)
    {
        if (source.Connection.Scalar("SELECT min(0, coalesce(min(offset), 0)) FROM event") is var least and < 0)
            damaged(new(least, $"The event at offset {least} in {source.Path} is damaged: offsets begin at 1."));
        using var reader = new LogRows(source, 0, next);
        var rows = new List<LogRow>();
        while (reader.Read(rows))
        {
            cancellationToken.ThrowIfCancellationRequested();
            foreach (var row in rows) Check(row);
            progress?.Report(new(reader.Next, next, _events));
        }
        if (_last > 0 && next > _last + 1) AddGap(_last + 1, next);
    }

    private void Check(LogRow row)
    {
        if (row.Damage is not null) damaged(row.Damage);
        else if (row.Event is { } logged && CheckFields(logged, row)) _events++;
        // Behind what could not be read the next offset says nothing of a gap.
        if (_last > 0 && row.Offset > _last + 1 && row.Damage is null) AddGap(_last + 1, row.Offset);
        _last = row.Damage?.LastOffset ?? row.Offset;
    }

    private bool CheckFields(LoggedEvent logged, LogRow row)
    {
        var fault =
            logged.Offset < 1 ? "offsets begin at 1"
            : logged.TimeMicroseconds < _lastTime ? "its time is before that of the event before"
            : row.IdHash is { } hash && (logged.Id is null || hash != EventRow.HashOf(logged.Id)) ? "the hash of its ID does not fit the ID"
            : logged.Topics.Any(topic => topic.Length == 0) ? "it has no topic"
            : null;
        _lastTime = Math.Max(_lastTime, logged.TimeMicroseconds);
        if (fault is not null) damaged(new(row.Offset, $"The event at offset {row.Offset} in {source.Path} is damaged: {fault}."));
        return fault is null;
    }

    private void AddGap(long from, long to)
    {
        if (_gaps.Count == MostGaps) _gaps.Dequeue();
        _gaps.Enqueue((from, to));
    }

    private void CheckIdentity(long next)
    {
        var before = 1L;
        foreach (var (epoch, firstOffset) in SqliteLogState.Lineage(source.Connection))
        {
            if (!Position.TryParse($"{EventRules.HubIdPrefix}{epoch}:0", out _)) damaged(new(null, $"The lineage of {source.Path} is damaged: an epoch is not 10 to 13 base32 characters."));
            if (firstOffset < before || firstOffset > next || (before == 1 && firstOffset < 1))
                damaged(new(firstOffset, $"The lineage of {source.Path} is damaged: epoch {epoch} begins at offset {firstOffset}, which is not between {before} and {next}."));
            before = Math.Max(before, firstOffset);
        }
        if (source.Connection.Scalar("SELECT next_offset FROM state") < 1) damaged(new(null, $"The state of {source.Path} is damaged: its next offset is below 1."));
    }

    // Read after the events: what was deleted meanwhile was marked in the same transaction.
    private void CheckMarks()
    {
        var marks = LogMarks.Read(source);
        var next = SqliteLogState.NextOffsetOf(source.Connection);
        // What retention took from the front meanwhile has no mark.
        var known = Math.Max(marks.Highest, LogMarks.OldestOf(source, next));
        foreach (var (name, truncatedTo) in marks.Topics.Concat(marks.Rules))
        {
            if (truncatedTo < 0 || truncatedTo > next) damaged(new(truncatedTo, $"The truncation marks of {source.Path} are damaged: '{name}' is marked at {truncatedTo}, and the log ends before {next}."));
        }
        foreach (var (from, to) in _gaps)
        {
            if (to > known) damaged(new(from, $"The events at offsets {from} to {to - 1} in {source.Path} are missing, and no mark of retention tells why."));
        }
    }
}
