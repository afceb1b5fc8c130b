namespace Fonte;

/// <summary>Finds the place from which a cursor resumes (Mercure draft -08, "Reconnection, State Reconciliation, and Event Sourcing").</summary>
internal static class Resumption
{
    /// <summary>
    /// Resolves a last event ID: a position by arithmetic, <c>earliest</c>, or an ID that a publisher gave, by look-up of its earliest
    /// event. What cannot be resolved starts at the oldest kept event, with a gap to be told. May block on the disk.
    /// </summary>
    internal static ResumePoint Resolve(IEventLog log, SubscribeRequest request)
    {
        var lastEventId = request.LastEventId;
        if (string.IsNullOrEmpty(lastEventId)) return new(log.NextOffset, null);
        if (lastEventId == EventRules.Earliest) return new(log.OldestOffset, EventRules.Earliest);
        if (!Position.TryParse(lastEventId, out var position))
            return log.FindEventId(lastEventId) is { } offset ? new(offset + 1, lastEventId) : FromOldest(GapReason.Unknown);
        if (!log.Identity.Includes(position)) return FromOldest(GapReason.OtherEpoch);
        if (position.Offset >= log.NextOffset) return FromOldest(GapReason.Future);
        return position.Offset + 1 < log.OldestOffset ? FromOldest(GapReason.Truncated) : new(position.Offset + 1, lastEventId);

        ResumePoint FromOldest(GapReason reason) => new(log.OldestOffset, EventRules.Earliest, new(reason, lastEventId));
    }
}
