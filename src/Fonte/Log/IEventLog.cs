namespace Fonte;

/// <summary>The durable sequence of events: the only thing that dispatch and replay read.</summary>
/// <remarks>
/// <para>Thread-safe. Offsets start at 1 and increase in the order of commit; an implementation may leave some out.</para>
/// <para>An implementation acknowledges an append, and lets it be read, only when it is as durable as it promises to be.</para>
/// </remarks>
public interface IEventLog : IAsyncDisposable
{
    /// <summary>The log's epoch and its lineage. Fixed while the log is open.</summary>
    LogIdentity Identity { get; }

    /// <summary>
    /// Below it nothing is kept any more; equal to <see cref="NextOffset"/> when nothing is kept at all. Grows only. What retention has taken from
    /// single topics above it is told by <see cref="TruncatedTo"/>.
    /// </summary>
    long OldestOffset { get; }

    /// <summary>The offset after the last durable event. Grows only.</summary>
    long NextOffset { get; }

    /// <summary>Why appends or the log's upkeep fail now, in a sentence, or <see langword="null"/> while all is well.</summary>
    string? Fault { get; }

    /// <summary>Appends events, all or none and side by side, and completes when they are durable or known not to be.</summary>
    /// <param name="request">Events that keep <see cref="EventRules"/>; the log does not check them again.</param>
    /// <param name="cancellationToken">Gives up before the append is queued; afterwards it can no longer be called back.</param>
    ValueTask<AppendResult> AppendAsync(PublishRequest request, CancellationToken cancellationToken = default);

    /// <summary>Reads durable events in order, starting at an offset. May block on the disk, for at most about 50 ms.</summary>
    /// <param name="topics">Only events that it selects are returned, and few others are looked at.</param>
    /// <param name="from">The first offset wanted, 1 or more.</param>
    /// <param name="maxEvents">At most so many events.</param>
    /// <param name="maxBytes">Stops after the event with which this many bytes are reached.</param>
    /// <returns>Some events, or none and a higher <see cref="LogSlice.Next"/>; <c>Next</c> does not move only at the tail.</returns>
    /// <exception cref="LogDamagedException">An event is not as it was written.</exception>
    LogSlice Read(TopicSelection topics, long from, int maxEvents, long maxBytes);

    /// <summary>Completes when <see cref="NextOffset"/> is above <paramref name="nextOffset"/>.</summary>
    Task WaitForTailAsync(long nextOffset, CancellationToken cancellationToken = default);

    /// <summary>The offset of the earliest kept event to which its publisher gave this ID, or <see langword="null"/>. May block on the disk.</summary>
    long? FindEventId(string id);

    /// <summary>The first offset at which a kept event was committed at this time or later; <see cref="NextOffset"/> if there is none. May block on the disk.</summary>
    /// <param name="timeMicroseconds">Microseconds since 1970 UTC.</param>
    long FindTime(long timeMicroseconds);

    /// <summary>
    /// The offset below which events of these topics may be missing one by one, because of the retention of single topics, keep-last or erasure; 0 when
    /// none is. What lies below <see cref="OldestOffset"/> does not count here. Never falls. May block on the disk.
    /// </summary>
    long TruncatedTo(TopicSelection topics);

    /// <summary>
    /// Changes whenever events begin to be dropped one by one, before they go. <see cref="TruncatedTo"/> alone does not tell of an event that goes below an
    /// earlier mark.
    /// </summary>
    long Truncations { get; }

    /// <summary>How often history was erased on demand. Whoever keeps events in memory forgets them when it has changed; waiters for the tail are woken.</summary>
    long Erasures { get; }

    /// <summary>About how many bytes the log takes now, on the disk or in memory.</summary>
    long SizeBytes { get; }
}

/// <summary>Shorter ways to use a log.</summary>
public static class EventLogExtensions
{
    /// <summary>Appends one event.</summary>
    public static ValueTask<AppendResult> AppendAsync(this IEventLog log, EventDraft draft, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(log);
        return log.AppendAsync(PublishRequest.Of(draft), cancellationToken);
    }

    /// <summary>Reads events of every topic.</summary>
    public static LogSlice Read(this IEventLog log, long from, int maxEvents, long maxBytes)
    {
        ArgumentNullException.ThrowIfNull(log);
        return log.Read(TopicSelection.All, from, maxEvents, maxBytes);
    }
}
