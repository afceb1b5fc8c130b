namespace Fonte;

/// <summary>Finds the place from which a cursor resumes (Mercure draft -08, "Reconnection, State Reconciliation, and Event Sourcing").</summary>
internal static class Resumption
{
    /// <summary>
    /// Resolves a last event ID: a position by arithmetic, <c>earliest</c>, or an ID that a publisher gave, by look-up of its earliest
    /// event; without one the time since which events are wanted. What cannot be resolved starts at the oldest kept event, with a gap to be told; and a
    /// gap is told where retention or erasure may have taken events of these topics from behind the cursor. May block on the disk.
    /// </summary>
    internal static ResumePoint Resolve(IEventLog log, EventIds ids, SubscribeRequest request)
    {
        var lastEventId = request.LastEventId;
        if (string.IsNullOrEmpty(lastEventId) && request.Since is null) return new(log.NextOffset, null) { Truncations = log.Truncations };
        var truncations = log.Truncations;
        var truncatedTo = log.TruncatedTo(request.Topics);
        return Find() with { Truncations = truncations };

        ResumePoint Find()
        {
            if (string.IsNullOrEmpty(lastEventId)) return FromTime(request.Since!.Value);
            if (lastEventId == EventRules.Earliest) return new(log.OldestOffset, EventRules.Earliest);
            if (ids.Find(lastEventId) is not { } place)
                return log.FindEventId(lastEventId) is { } offset ? After(offset, lastEventId) : FromOldest(GapReason.Unknown);
            if (place.Fault is { } fault) return FromOldest(fault);
            return place.Offset >= log.NextOffset ? FromOldest(GapReason.Future) : After(place.Offset, lastEventId);
        }

        ResumePoint FromOldest(GapReason reason) => new(log.OldestOffset, EventRules.Earliest, new(reason, lastEventId));

        ResumePoint After(long offset, string cursor) => Math.Max(log.OldestOffset, truncatedTo) > offset + 1
            ? new(FirstKept(log, request.Topics, offset + 1), EventRules.Earliest, new(GapReason.Truncated, cursor))
            : new(offset + 1, cursor);

        // Where the log now begins it may have held older events, also of that time.
        ResumePoint FromTime(DateTimeOffset since)
        {
            var before = log.FindTime((since - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond) - 1;
            return After(before + 1 == log.OldestOffset ? 0 : before, ids.At(before));
        }
    }

    // The gap's ID is the position before it, so that the gap is not told again to who reconnects with that.
    private static long FirstKept(IEventLog log, TopicSelection topics, long from)
    {
        while (true)
        {
            LogSlice slice;
            try
            {
                slice = log.Read(topics, from, maxEvents: 1, maxBytes: 1);
            }
            catch (LogDamagedException exception) when (exception.Offset is { } damaged)
            {
                // The replay passes over it, and tells that too.
                return damaged;
            }
            if (slice.Events.Count > 0) return slice.Events[0].Offset;
            if (slice.Next == from) return Math.Max(from, log.OldestOffset);
            from = slice.Next;
        }
    }
}
