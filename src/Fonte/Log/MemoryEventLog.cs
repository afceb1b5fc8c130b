namespace Fonte;

/// <summary>A log in memory that keeps the latest events up to a bound and promises nothing beyond the process.</summary>
/// <remarks>When the bound is reached the oldest events go; a cursor that pointed at them is told so by the hub.</remarks>
public sealed class MemoryEventLog : IEventLog
{
    private readonly Lock _lock = new();
    private readonly TimeProvider _time;
    private readonly OffsetRing<LoggedEvent> _events;
    private readonly MemoryIdempotencyKeys _keys = new();
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
    public ValueTask<AppendResult> AppendAsync(PublishRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        cancellationToken.ThrowIfCancellationRequested();
        var seal = request.IdempotencyKey?.Seal(request.Events);
        AppendResult result;
        lock (_lock)
        {
            if (_closed) return new(new AppendResult(AppendOutcome.Unavailable));
            _lastTime = Math.Max(_lastTime, _time.GetUnixMicroseconds());
            if (seal is not null && _keys.Find(seal, _lastTime, _events.Start) is { } known) return new(known);
            var appended = new LoggedEvent[request.Events.Count];
            result = new(AppendOutcome.Appended, _next);
            for (var i = 0; i < appended.Length; i++) appended[i] = request.Events[i].At(_next++, _lastTime);
            if (seal is not null) _keys.Add(seal, _lastTime, result.Offset);
            _events.Append(appended, _next);
        }
        _tail.Pulse();
        return new(result);
    }

    /// <inheritdoc/>
    public LogSlice Read(TopicSelection topics, long from, int maxEvents, long maxBytes)
    {
        ArgumentNullException.ThrowIfNull(topics);
        while (true)
        {
            // Between the two the oldest may have gone.
            if (_events.ReadSlice(topics, Math.Max(from, _events.Start), maxEvents, maxBytes) is { } slice) return slice;
        }
    }

    /// <inheritdoc/>
    public Task WaitForTailAsync(long nextOffset, CancellationToken cancellationToken = default) =>
        _tail.WaitAsync(() => NextOffset > nextOffset, cancellationToken);

    /// <inheritdoc/>
    public long? FindEventId(string id)
    {
        ArgumentNullException.ThrowIfNull(id);
        return First(candidate => candidate.Id == id);
    }

    /// <inheritdoc/>
    public long FindTime(long timeMicroseconds)
    {
        var end = NextOffset;
        return First(candidate => candidate.TimeMicroseconds >= timeMicroseconds) ?? end;
    }

    /// <inheritdoc/>
    public long TruncatedTo(TopicSelection topics) => 0;

    /// <inheritdoc/>
    public long Truncations => 0;

    /// <inheritdoc/>
    public long Erasures => 0;

    /// <inheritdoc/>
    public long SizeBytes => _events.Bytes;

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        lock (_lock) _closed = true;
        return ValueTask.CompletedTask;
    }

    private long? First(Func<LoggedEvent, bool> isWanted)
    {
        for (var from = OldestOffset; ;)
        {
            var slice = Read(TopicSelection.All, from, maxEvents: 1024, long.MaxValue);
            foreach (var candidate in slice.Events)
            {
                if (isWanted(candidate)) return candidate.Offset;
            }
            if (slice.Next == slice.From) return null;
            from = slice.Next;
        }
    }
}
