namespace Fonte;

/// <content>Topics of which only the latest events are kept. The index remembers where those are, so each event is looked at once.</content>
internal sealed partial class LogUpkeep
{
    private void KeepLatest()
    {
        var latest = new LatestOffsets(_log.Index, _rules.KeepLastText);
        for (var from = Math.Max(latest.ReadTo, _log.OldestOffset); !_closing && from < _log.NextOffset;)
        {
            var to = Math.Min(_log.NextOffset, from + RowsAtOnce);
            Drop(Superseded(latest, from, to));
            // After the events are gone: a crash in between drops them again, which does nothing.
            latest.Save(to);
            from = to;
        }
    }

    private List<(long Offset, string Topic)> Superseded(LatestOffsets latest, long from, long to)
    {
        var superseded = new List<(long, string)>();
        _reader.ReadTopics(from, to, (offset, topics, _) =>
        {
            var kept = _rules.KeepLastOf(topics[0]);
            if (kept == 0) return;
            foreach (var old in latest.Add(topics[0], offset, kept)) superseded.Add((old, topics[0]));
        });
        return superseded;
    }

    private void Drop(List<(long Offset, string Topic)> superseded)
    {
        foreach (var chunk in superseded.Chunk(EventsAtOnce))
        {
            var offsets = new List<long>();
            var marks = new Dictionary<string, long>();
            foreach (var (offset, topic) in chunk)
            {
                // Read once more: the index is derived and may be wrong, and what goes is gone.
                _reader.ReadTopics(offset, offset + 1, (_, topics, _) =>
                {
                    if (topics[0] != topic) return;
                    offsets.Add(offset);
                    foreach (var each in topics) marks[each] = Math.Max(offset + 1, marks.GetValueOrDefault(each));
                });
            }
            if (offsets.Count > 0) Remove(new() { Offsets = offsets, Topics = marks });
        }
    }
}
