namespace Fonte;

/// <content>Topics that are erased on demand, by a caller or by a row that another process left in the database.</content>
internal sealed partial class LogUpkeep
{
    private const int EventsAtOnce = 256;

    private void EraseTopics()
    {
        while (!_closing && _erasures.TryDequeue(out var asked))
        {
            try
            {
                asked.Completion.SetResult(Erase(asked.Topic, asked.Before));
            }
            catch (Exception exception)
            {
                asked.Completion.TrySetException(exception);
                throw;
            }
        }
        foreach (var topic in _reader.AskedErasures())
        {
            if (_log.ErasureAsked is { } asked) asked(topic);
            else Erase(topic, long.MaxValue);
        }
    }

    private long Erase(string topic, long before)
    {
        var selection = new TopicSelection([TopicMatcher.Exact(topic)]);
        var erased = 0L;
        var end = Math.Min(before, _log.NextOffset);
        for (var from = _log.OldestOffset; from < end;)
        {
            var slice = ReadSound(selection, from, end);
            if (slice.Events.Count > 0)
            {
                var removal = new Removal { Offsets = [.. slice.Events.Select(logged => logged.Offset)], Topics = MarksOf(slice.Events), IsErasure = true };
                Remove(removal);
                erased += removal.Removed;
            }
            from = slice.Next;
        }
        // Also from blocks whose events of that topic retention has taken before.
        _log.OpenBlocks.ForgetTopics(0, long.MaxValue);
        _log.Index.Forget(topic, IsAnyLeft(selection, end) ? Block.Of(end) : long.MaxValue);
        Remove(new() { IsErasure = true, ErasedTopic = topic, ErasedCount = erased });
        _log.Erased(erased);
        return erased;
    }

    private bool IsAnyLeft(TopicSelection topics, long from)
    {
        for (var end = _log.NextOffset; from < end;)
        {
            var slice = ReadSound(topics, from, end);
            if (slice.Events.Count > 0) return true;
            from = slice.Next;
        }
        return false;
    }

    // An event that is damaged cannot be read, and whose it is not be told; it stays.
    private LogSlice ReadSound(TopicSelection topics, long from, long end)
    {
        try
        {
            return _reader.Read(topics, from, end, EventsAtOnce, long.MaxValue);
        }
        catch (LogDamagedException exception) when (exception.Offset is { } damaged)
        {
            return new(damaged + 1, damaged + 1, []);
        }
    }

    private static Dictionary<string, long> MarksOf(IEnumerable<LoggedEvent> events)
    {
        var marks = new Dictionary<string, long>();
        foreach (var logged in events)
        {
            foreach (var topic in logged.Topics) marks[topic] = logged.Offset + 1;
        }
        return marks;
    }
}
