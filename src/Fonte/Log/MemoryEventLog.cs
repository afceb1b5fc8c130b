namespace Fonte;

/// <summary>A log in memory that keeps the latest events up to a bound and promises nothing beyond the process.</summary>
/// <remarks>When the bound is reached the oldest events go; a cursor that pointed at them is told so by the hub.</remarks>
public sealed class MemoryEventLog : IEventLog
{
    private readonly Lock _lock = new();
    private readonly TimeProvider _time;
    private readonly OffsetRing<LoggedEvent> _events;
    private readonly TailSignal _tail = new();
    private long _next = 1;
    private long _lastTime;
    private bool _closed;

    /// <summary>Makes an empty log with an epoch of its own.</summary>
    /// <param name="maxBytes">About how many bytes of events are kept; 1 or more.</param>
    /// <param name="timeProvider">The clock of the commit times.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maxBytes"/> is below 1.</exception>
    public MemoryEventLog(long maxBytes, TimeProvider timeProvider)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxBytes, 1);
        ArgumentNullException.ThrowIfNull(timeProvider);
        _time = timeProvider;
        _events = new(start: 1, maxBytes);
    }

    /// <inheritdoc/>
    public LogIdentity Identity { get; } = LogIdentity.New();

    /// <inheritdoc/>
    public long OldestOffset => _events.Start;

    /// <inheritdoc/>
    public long NextOffset => _events.End;

    /// <inheritdoc/>
    public string? Fault => _closed ? "The log is closed." : null;

    /// <inheritdoc/>
    public ValueTask<AppendResult> AppendAsync(EventDraft draft, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(draft);
        cancellationToken.ThrowIfCancellationRequested();
        long offset;
        lock (_lock)
        {
            if (_closed) return new(new AppendResult(AppendOutcome.Unavailable));
            offset = _next++;
            _lastTime = Math.Max(_lastTime, _time.GetUnixMicroseconds());
            _events.Append([draft.At(offset, _lastTime)], _next);
        }
        _tail.Pulse();
        return new(new AppendResult(AppendOutcome.Appended, offset));
    }

    /// <inheritdoc/>
    public LogSlice Read(long from, int maxEvents, long maxBytes)
    {
        var start = Math.Max(from, _events.Start);
        return _events.ReadSlice(start, maxEvents, maxBytes) ?? Read(from, maxEvents, maxBytes);
    }

    /// <inheritdoc/>
    public Task WaitForTailAsync(long nextOffset, CancellationToken cancellationToken = default) =>
        _tail.WaitAsync(() => NextOffset > nextOffset, cancellationToken);

    /// <inheritdoc/>
    public long? FindEventId(string id)
    {
        ArgumentNullException.ThrowIfNull(id);
        for (var from = OldestOffset; ;)
        {
            var slice = Read(from, maxEvents: 1024, long.MaxValue);
            foreach (var candidate in slice.Events)
            {
                if (candidate.Id == id) return candidate.Offset;
            }
            if (slice.Next == slice.From) return null;
            from = slice.Next;
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        lock (_lock) _closed = true;
        return ValueTask.CompletedTask;
    }
}
