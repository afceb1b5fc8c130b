namespace Fonte;

/// <summary>Takes the lines of an import, one after the other, into a new log.</summary>
internal sealed class LogImporter(NewLog target, LogImportOptions options)
{
    private const int LinesBetweenReports = 1000;
    private const long MostOffset = 1L << 62;

    // More than any log of today spans; an index entry is made for every 32,768 offsets, so a slip of the pen would keep a server busy for days.
    private const long WidestGap = 10_000_000_000;
    private static readonly TimeSpan ClockTolerance = TimeSpan.FromDays(1);
    private readonly LogMarks _marks = new();
    private IReadOnlyList<LogEpoch>? _lineage;
    private long _oldest;
    private long _next = long.MaxValue;
    private long _number;
    private long _events;
    private long _last;
    private long _lastTime = long.MinValue;
    private long _gapEnd;
    private bool _ended;

    internal LogCopy Run(Stream input, CancellationToken cancellationToken)
    {
        var lines = new LineReader(input);
        try
        {
            for (_number = 1; lines.TryRead(out var line); _number++)
            {
                // What Windows puts before UTF-8.
                if (_number == 1 && line.StartsWith("\uFEFF"u8)) line = line[3..];
                if (!line.ContainsAnyExcept(" \t\r"u8)) continue;
                Take(LogLine.Parse(line));
                if (_number % LinesBetweenReports != 0) continue;
                cancellationToken.ThrowIfCancellationRequested();
                options.Progress?.Report(new(lines.BytesRead, options.InputBytes, _events));
            }
        }
        catch (FormatException exception)
        {
            throw new LogImportException(_number, $"Line {_number} cannot be imported: {exception.Message}.", exception);
        }
        if (_lineage is not null && !_ended)
            throw new LogImportException(_number, $"The export is cut short at line {_number}: its last line, with \"fonte\":\"end\", is missing.");
        return Finish();
    }

    private LogCopy Finish()
    {
        var next = _lineage is null ? _last + 1 : _next;
        if (_gapEnd > _marks.Highest) _marks.AddAll(_gapEnd);
        var epoch = target.Finish(_lineage ?? [], next, _marks, options.TimeProvider.GetUnixMicroseconds());
        return new(_events, next, epoch.Epoch);
    }

    private void Take(in LogLine line)
    {
        if (_ended) throw new FormatException("it stands after the last line of the export");
        if (line.Fonte == "log") TakeHeader(line);
        else if (line.Fonte == "end") TakeEnd(line);
        else if (line.Truncated is not null) TakeMark(line);
        else TakeEvent(line);
    }

    private void TakeHeader(in LogLine line)
    {
        if (_number != 1) throw new FormatException("a header stands only in the first line");
        if (line.FormatVersion != LogLine.Version) throw new FormatException($"the export is of version {line.FormatVersion}, and this version of Fonte knows {LogLine.Version}");
        if (line.Next is < 1 or > MostOffset || line.Oldest < 1 || line.Oldest > line.Next) throw new FormatException("its fields 'oldest' and 'next' are not offsets in order");
        if (line.Lineage[^1].FirstOffset > line.Next) throw new FormatException("an epoch begins after the offset 'next'");
        (_lineage, _oldest, _next) = (line.Lineage, line.Oldest, line.Next);
    }

    private void TakeEnd(in LogLine line)
    {
        if (_lineage is null) throw new FormatException("it is the last line of an export whose header is missing");
        if (line.Events != _events) throw new FormatException($"the export had {line.Events} events, and {_events} came");
        AddGap(_next);
        _ended = true;
    }

    private void TakeMark(in LogLine line)
    {
        if (_lineage is null) throw new FormatException("a mark needs the header of an export");
        if (line.To > _next) throw new FormatException("its field 'to' is above the offset 'next' of the header");
        if (line.Truncated == "all") _marks.AddAll(line.To);
        else if (!(line.Topic is null ? _marks.Rules : _marks.Topics).TryAdd((line.Topic ?? line.Rule)!, line.To)) throw new FormatException("there is such a mark already");
    }

    private void TakeEvent(in LogLine line)
    {
        if (_lineage is not null && (line.Offset is null || line.TimeMicroseconds is null)) throw new FormatException("an event of an export has the fields 'offset' and 'time'");
        var offset = line.Offset ?? _last + 1;
        var time = line.TimeMicroseconds ?? Math.Max(_lastTime, options.TimeProvider.GetUnixMicroseconds());
        if (offset <= _last || offset < Math.Max(1, _oldest) || offset >= Math.Min(_next, MostOffset))
            throw new FormatException($"its offset {offset} is not {(_last > 0 ? $"above {_last}, that of the event before," : $"{Math.Max(1, _oldest)} or more")} and below {Math.Min(_next, MostOffset)}");
        if (offset - Math.Max(_last, _oldest) > WidestGap) throw new FormatException($"its offset {offset} is too far above that of the event before");
        // Commit times never go back: with one of the future, retention by age and since= would stand still until then.
        if (time > (options.TimeProvider.GetUtcNow() + ClockTolerance - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond) throw new FormatException("its time is in the future");
        if (time < _lastTime) throw new FormatException("its time is before that of the event before");
        var draft = new EventDraft
        {
            Topics = line.Topics,
            Data = line.Data,
            Id = line.Id,
            Type = line.Type,
            RetryMilliseconds = line.RetryMilliseconds,
            Private = line.Private,
        };
        // In the copy of a log there may be events of its hub's own.
        if (EventRules.Check(draft, options.Limits, _lineage is null ? ReservedNamespace.Default : null) is { } fault) throw new FormatException($"the event is refused ({fault.Sentence.TrimEnd('.')})");
        AddGap(offset);
        target.Add(draft.At(offset, time), line.Seal);
        (_last, _lastTime) = (offset, time);
        _events++;
    }

    private void AddGap(long to)
    {
        if (_last > 0 && to > _last + 1) _gapEnd = to;
    }
}
