namespace Fonte.Durability;

/// <summary>Goes through what one subscriber saw: its order, its cursors, and the gaps that it was told of.</summary>
/// <param name="name">The subscriber's.</param>
/// <param name="violations">Where those that are found go.</param>
/// <param name="oldestKept">From this offset on nothing can have been truncated; zero when there is no retention.</param>
internal sealed class SubscriberWalk(string name, ViolationList violations, long oldestKept)
{
    private const string Earliest = "earliest";
    private readonly HashSet<long> _seenOnConnection = [];
    private readonly List<(long After, long Before)> _told = [];
    private string _cursor = Earliest;
    private string? _answered;
    private bool _isAtStart;
    private long _last = -1;

    public HashSet<long> Offsets { get; } = [];

    public HashSet<string> Keys { get; } = [];

    public long Delivered { get; private set; }

    public long GapsTold { get; private set; }

    /// <summary>Whether the subscriber knew, before it went on, that the event at this offset would not come.</summary>
    public bool WasTold(long offset) => _told.Any(gap => gap.After < offset && offset < gap.Before);

    /// <summary>Takes the next record.</summary>
    /// <returns>The position of an event, which is to be looked at more closely.</returns>
    public Position? Take(DeliveryRecord record)
    {
        switch (record.Kind)
        {
            case DeliveryKind.Open:
                (_cursor, _answered, _isAtStart) = (record.Id, null, true);
                _seenOnConnection.Clear();
                return null;
            case DeliveryKind.Answered:
                _answered = record.Id;
                if (record.Id != _cursor && (oldestKept == 0 || record.Id != Earliest))
                    violations.Add(ViolationKind.Gap, $"{name} resumed from {_cursor} and was answered {record.Id}.");
                return null;
            case DeliveryKind.Gap:
                TakeGap(record);
                _isAtStart = false;
                return null;
        }

        if (!Position.TryParse(record.Id, out var position))
        {
            violations.Add(ViolationKind.Identity, $"{name} received {record.Key} with '{record.Id}', which is no position.");
            return null;
        }

        if (_isAtStart)
            TakeStart(record.Kind, position);
        _isAtStart = false;
        if (record.Kind == DeliveryKind.Event)
            TakeEvent(record, position);
        else if (position.Offset < _last)
            violations.Add(ViolationKind.OutOfOrder, $"{name}'s position went back from offset {_last} to {record.Id}.");
        _last = Math.Max(_last, position.Offset);
        return record.Kind == DeliveryKind.Event ? position : null;
    }

    private void TakeEvent(DeliveryRecord record, Position position)
    {
        Delivered++;
        Keys.Add(record.Key);
        var isFirstHere = _seenOnConnection.Add(position.Offset);
        if (!Offsets.Add(position.Offset))
            violations.Add(ViolationKind.Twice, $"{name} received {record.Id} twice{(isFirstHere ? ", across a reconnection" : " on one connection")}.");
        else if (position.Offset <= _last)
            violations.Add(ViolationKind.OutOfOrder, $"{name} received {record.Id} after offset {_last}.");
    }

    private void TakeStart(DeliveryKind kind, Position position)
    {
        if (_answered == Earliest && _cursor != Earliest)
            violations.Add(ViolationKind.Gap, $"{name} resumed from {_cursor}, was answered earliest, and was not told of the gap in the stream.");
        // Who asks for everything that is kept misses nothing of what is not; where it begins shows what is kept.
        else if (oldestKept > 0 && _cursor == Earliest && _last < 0)
            _told.Add((-1, kind == DeliveryKind.Event ? position.Offset : position.Offset + 1));
    }

    private void TakeGap(DeliveryRecord record)
    {
        var gap = record.Gap!;
        GapsTold++;
        if (oldestKept == 0)
        {
            violations.Add(ViolationKind.Gap, $"{name} was told of a gap at {record.Id} ({gap}), but nothing was truncated.");
            return;
        }

        if (!Position.TryParse(record.Id, out var position) || !Position.TryParse(gap.From, out var from) || !Position.TryParse(gap.Oldest, out var oldest))
        {
            violations.Add(ViolationKind.Identity, $"{name} was told of a gap at {record.Id} ({gap}), which names no positions.");
            return;
        }

        if (gap.Reason != "truncated")
            violations.Add(ViolationKind.Gap, $"{name} was told of a gap at {record.Id} because of '{gap.Reason}', but the log was only truncated.");
        if (_isAtStart && _answered != Earliest)
            violations.Add(ViolationKind.Gap, $"{name} resumed from {_cursor} and was told of a gap, but the header was '{_answered}', not earliest.");
        if (position.Offset != oldest.Offset - 1)
            violations.Add(ViolationKind.Gap, $"{name} was told of a gap up to {gap.Oldest}, but with the ID {record.Id}, which is not just before it.");
        if (oldest.Offset > oldestKept)
            violations.Add(ViolationKind.Gap, $"{name} was told of a gap up to {gap.Oldest}, but from offset {oldestKept} on everything is kept.");
        if (position.Offset < _last)
            violations.Add(ViolationKind.OutOfOrder, $"{name} was told of a gap at {record.Id} after offset {_last}.");
        // Where it is behind what was seen, it tells nothing about that.
        _told.Add((Math.Max(from.Offset, _last), oldest.Offset));
        _last = Math.Max(_last, position.Offset);
    }
}
