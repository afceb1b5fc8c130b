namespace Fonte;

/// <content>What retention drops: the oldest of all, by count, bytes and age; then, where topics have rules of their own, event by event.</content>
internal sealed partial class LogUpkeep
{
    private void DropByRules()
    {
        var below = Math.Max(ByCount(), Math.Max(ByBytes(), _rules.HasAges ? 0 : ByAge(_rules.Options.MaxAge)));
        if (below > _log.OldestOffset) Remove(new() { Below = below });
        if (_rules.HasAges) DropByAges();
        if (_rules.HasKeepLast) KeepLatest();
        if (_reader.Pages.Free > 2 * FreePagesToKeep) _log.AskForShrink();
    }

    private long ByCount() => _rules.Options.MaxEvents == 0 ? 0 : _log.NextOffset - _rules.Options.MaxEvents;

    // By the share of its bytes that is too much; the next pass takes what that estimate leaves.
    private long ByBytes()
    {
        if (_rules.Options.MaxBytes == 0) return 0;
        var pages = _reader.Pages;
        var used = pages.Used * pages.Size;
        if (used <= _rules.Options.MaxBytes) return 0;
        var share = (double)(used - _rules.Options.MaxBytes) / used;
        return _log.OldestOffset + (long)Math.Ceiling((_log.NextOffset - _log.OldestOffset) * share);
    }

    private long ByAge(TimeSpan age) =>
        age == TimeSpan.Zero ? 0 : _log.FindTime(_log.Time.GetUnixMicroseconds() - age.Ticks / TimeSpan.TicksPerMicrosecond);

    private void DropByAges()
    {
        var lowest = long.MaxValue;
        foreach (var (pattern, age) in _rules.Ages)
        {
            var end = ByAge(age);
            for (var from = Math.Max(_log.Marks.OfRule(pattern), _log.OldestOffset); from < end;)
            {
                var to = Math.Min(end, from + EventsAtOnce);
                Remove(UnderRule(pattern, from, to));
                from = to;
            }
            lowest = Math.Min(lowest, _log.Marks.OfRule(pattern));
        }
        // Below all of the rules' marks nothing can be left.
        if (lowest > _log.OldestOffset) Remove(new() { Below = lowest });
    }

    private Removal UnderRule(string pattern, long from, long to)
    {
        var offsets = new List<long>();
        var marks = new Dictionary<string, long>();
        _reader.ReadTopics(from, to, (offset, topics, _) =>
        {
            if (_rules.AgePatternOf(topics[0]) != pattern) return;
            offsets.Add(offset);
            // The rule's mark holds for its canonical topics; the others are told by themselves.
            foreach (var topic in topics.AsSpan(1)) marks[topic] = offset + 1;
        });
        return new() { Offsets = offsets, Topics = marks, Rule = (pattern, to) };
    }
}
