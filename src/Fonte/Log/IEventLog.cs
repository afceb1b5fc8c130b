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

    /// <summary>The first offset that is still kept; equal to <see cref="NextOffset"/> when nothing is.</summary>
    long OldestOffset { get; }

    /// <summary>The offset after the last durable event. Grows only.</summary>
    long NextOffset { get; }

    /// <summary>Why appends fail now, in a sentence, or <see langword="null"/> while they succeed.</summary>
    string? Fault { get; }

    /// <summary>Appends an event, and completes when it is durable or known not to be.</summary>
    /// <param name="draft">An event that keeps <see cref="EventRules"/>; the log does not check it again.</param>
    /// <param name="cancellationToken">Gives up before the append is queued; afterwards it can no longer be called back.</param>
    ValueTask<AppendResult> AppendAsync(EventDraft draft, CancellationToken cancellationToken = default);

    /// <summary>Reads durable events in order, starting at an offset. May block on the disk, for at most about 50 ms.</summary>
    /// <param name="from">The first offset wanted, 1 or more.</param>
    /// <param name="maxEvents">At most so many events.</param>
    /// <param name="maxBytes">Stops after the event with which this many bytes are reached; so at least one event is returned if there is one.</param>
    /// <exception cref="LogDamagedException">An event is not as it was written.</exception>
    LogSlice Read(long from, int maxEvents, long maxBytes);

    /// <summary>Completes when <see cref="NextOffset"/> is above <paramref name="nextOffset"/>.</summary>
    Task WaitForTailAsync(long nextOffset, CancellationToken cancellationToken = default);

    /// <summary>The offset of the earliest kept event to which its publisher gave this ID, or <see langword="null"/>. May block on the disk.</summary>
    long? FindEventId(string id);
}
