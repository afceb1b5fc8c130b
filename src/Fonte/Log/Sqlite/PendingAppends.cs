namespace Fonte;

/// <summary>One append that waits for its commit.</summary>
/// <remarks>What can be made ready for the writer is made ready here, on the publisher's thread.</remarks>
internal sealed class PendingAppend(IReadOnlyList<EventDraft> events, byte[]? seal)
{
    private readonly long[]? _idHashes = HashesOf(events);
    private readonly TaskCompletionSource<AppendResult> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal PendingAppend(PublishRequest request) : this(request.Events, request.IdempotencyKey?.Seal(request.Events))
    {
    }

    internal PendingAppend(ReplicaAppend replica) : this([.. replica.Records.Select(record => record.Draft)], seal: null) => Replica = replica;

    internal IReadOnlyList<EventDraft> Events => events;

    /// <summary>The idempotency key and what came with it, or <see langword="null"/>.</summary>
    internal byte[]? Seal => seal;

    /// <summary>Where the events stand, if they are another log's.</summary>
    internal ReplicaAppend? Replica { get; }

    internal long Size { get; } = SizeOf(events);

    internal Task<AppendResult> Completion => _completion.Task;

    internal long? IdHashOf(int index) => Events[index].Id is null ? null : _idHashes![index];

    internal void Complete(AppendResult result) => _completion.SetResult(result);

    private static long[]? HashesOf(IReadOnlyList<EventDraft> events)
    {
        long[]? hashes = null;
        for (var i = 0; i < events.Count; i++)
        {
            if (events[i].Id is { } id) (hashes ??= new long[events.Count])[i] = EventRow.HashOf(id);
        }
        return hashes;
    }

    private static long SizeOf(IReadOnlyList<EventDraft> events)
    {
        var size = 0L;
        for (var i = 0; i < events.Count; i++) size += EventSize.Of(events[i]);
        return size;
    }
}

/// <summary>What waits for the writer, bounded by bytes. Many add, one takes.</summary>
internal sealed class PendingAppends(long maxBytes)
{
    // A Monitor and not a Lock, because the writer's thread waits on it.
    private readonly object _gate = new();
    private List<PendingAppend> _waiting = [];
    private long _bytes;
    private bool _closed;
    private bool _woken;

    /// <summary>Queues the append; or says why not.</summary>
    internal AppendOutcome TryAdd(PendingAppend append)
    {
        lock (_gate)
        {
            if (_closed) return AppendOutcome.Unavailable;
            if (_bytes > 0 && _bytes + append.Size > maxBytes) return AppendOutcome.Overloaded;
            _bytes += append.Size;
            _waiting.Add(append);
            if (_waiting.Count == 1) Monitor.Pulse(_gate);
            return AppendOutcome.Appended;
        }
    }

    /// <summary>Waits for appends, or to be woken, and takes all appends there are; false when closed and empty.</summary>
    internal bool TryTake(ref List<PendingAppend> emptied)
    {
        lock (_gate)
        {
            while (_waiting.Count == 0 && !_closed && !_woken) Monitor.Wait(_gate);
            (_waiting, emptied) = (emptied, _waiting);
            _woken = false;
            return emptied.Count > 0 || !_closed;
        }
    }

    /// <summary>Lets the writer look for other work.</summary>
    internal void Wake()
    {
        lock (_gate)
        {
            _woken = true;
            Monitor.Pulse(_gate);
        }
    }

    /// <summary>Takes all there are, without waiting.</summary>
    internal List<PendingAppend> TakeAll()
    {
        lock (_gate)
        {
            var taken = _waiting;
            _waiting = [];
            return taken;
        }
    }

    /// <summary>Gives back the room of appends that are completed.</summary>
    internal void Release(long bytes)
    {
        lock (_gate) _bytes -= bytes;
    }

    /// <summary>Waits so long, or until closed; true when closed.</summary>
    internal bool WaitForClose(TimeSpan time)
    {
        lock (_gate) return _closed || (Monitor.Wait(_gate, time) && _closed);
    }

    internal void Close()
    {
        lock (_gate)
        {
            _closed = true;
            Monitor.PulseAll(_gate);
        }
    }
}
