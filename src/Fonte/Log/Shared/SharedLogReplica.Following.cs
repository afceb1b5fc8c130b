namespace Fonte;

/// <content>From the broker into the replica.</content>
internal sealed partial class SharedLogReplica
{
    private const long MostWaitingBytes = 16 * 1024 * 1024;
    private const int MostAtOnce = 1024;
    private static readonly TimeSpan ShortestMarkInterval = TimeSpan.FromMilliseconds(50);
    private readonly HashSet<string> _faultsTold = [];
    private long _malformed;
    private long _readAt;
    private volatile bool _isKeeping;
    private long _time;

    /// <summary>Keeps what comes until the connection breaks or the log turns out to be another.</summary>
    private async Task FollowAsync(long from)
    {
        using var broken = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token);
        var waiting = new RecordQueue(MostWaitingBytes);
        var reading = ReadAsync(from, waiting, broken.Token);
        var marking = MarkAsync(broken.Token);
        var keeping = KeepAsync(waiting, broken.Token);
        var watching = WatchAsync(waiting, broken.Token);
        var first = await Task.WhenAny(reading, marking, keeping, watching).ConfigureAwait(false);
        await broken.CancelAsync().ConfigureAwait(false);
        foreach (var task in (Task[])[reading, marking, keeping, watching])
        {
            // Each ends because of the first; that one says why.
            await task.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        _stopping.Token.ThrowIfCancellationRequested();
        await first.ConfigureAwait(false);
        throw new SharedLogException($"The connection to {_shared.Name} ended.");
    }

    private async Task ReadAsync(long from, RecordQueue waiting, CancellationToken cancellationToken)
    {
        await foreach (var record in _shared.ReadAsync(from, cancellationToken).ConfigureAwait(false))
        {
            // A broker may begin earlier, at a boundary of its own.
            if (record.Offset < from) continue;
            Volatile.Write(ref _readAt, _settings.Time.GetTimestamp());
            await waiting.PutAsync(record, cancellationToken).ConfigureAwait(false);
        }
    }

    // A connection may stay open and give nothing any more. A mark is on its way then, and nothing else comes, or waits to be kept.
    private async Task WatchAsync(RecordQueue waiting, CancellationToken cancellationToken)
    {
        Volatile.Write(ref _readAt, _settings.Time.GetTimestamp());
        _isKeeping = false;
        var patience = _settings.LookTimeout;
        while (true)
        {
            await Task.Delay(patience / 5, _settings.Time, cancellationToken).ConfigureAwait(false);
            bool isOverdue;
            lock (_appends) isOverdue = _markSent.Number > _markRead && _settings.Time.GetElapsedTime(_markSent.At) > patience;
            if (isOverdue && !_isKeeping && waiting.IsEmpty && _settings.Time.GetElapsedTime(Volatile.Read(ref _readAt)) > patience) throw new SharedLogException($"{_shared.Name} gives back nothing of what it takes.");
        }
    }

    private async Task MarkAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            await ProduceMarkAsync(_log!.Identity.Epoch, isClaim: false, cancellationToken).ConfigureAwait(false);
            // Sooner when somebody waits for one, but not all the time.
            await Task.Delay(ShortestMarkInterval, _settings.Time, cancellationToken).ConfigureAwait(false);
            await _markWanted.WaitAsync(_settings.MarkInterval, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task KeepAsync(RecordQueue waiting, CancellationToken cancellationToken)
    {
        var taken = new List<SharedRecord>(MostAtOnce);
        while (await waiting.WaitAsync(cancellationToken).ConfigureAwait(false))
        {
            _isKeeping = true;
            waiting.Take(taken, MostAtOnce);
            await KeepAsync(taken, cancellationToken).ConfigureAwait(false);
            taken.Clear();
            _isKeeping = false;
        }
    }

    private async Task KeepAsync(List<SharedRecord> taken, CancellationToken cancellationToken)
    {
        for (var kept = 0; kept < taken.Count;) kept = await KeepAsync(taken, kept, cancellationToken).ConfigureAwait(false);
    }

    // Until an erasure, which is of all that stands before it; so that must be kept first. Returns how far it has come.
    private async Task<int> KeepAsync(List<SharedRecord> taken, int from, CancellationToken cancellationToken)
    {
        var events = new List<ReplicaRecord>(taken.Count - from);
        var requests = new List<(string? Request, int Index)>(taken.Count - from);
        var ownMark = 0L;
        var at = from;
        for (; at < taken.Count; at++)
        {
            var record = taken[at];
            var decoded = _settings.Format.Decode(record);
            if (decoded.Erasure is { } erasure)
            {
                if (at > from) break;
                await _log!.Local.EraseAsync(erasure.Topic, erasure.Before, cancellationToken).ConfigureAwait(false);
                continue;
            }
            // Never back: the times of a log rise. What others publish has the time of what a hub said last.
            if (decoded.Time is { } time && time > _time) _time = time;
            if (decoded.Mark is { } mark)
            {
                // Of another log, or a later epoch of this one; unless it is known that it does not count.
                if (!mark.IsClaim && mark.Epoch != _log!.Identity.Epoch && mark.Generation >= _generation && !_others.Contains(mark.Epoch)) throw new OtherLogException();
                Others.Heard(mark.Node);
                if (mark.Node == _node && mark.Number > _marksBefore) ownMark = mark.Number;
            }
            else if (decoded.Draft is { } draft)
            {
                requests.Add((decoded.Request, events.Count));
                events.Add(new(draft, record.Offset + 1, _time, decoded.Seal));
            }
            else
            {
                SetAside(record, decoded.Fault!);
            }
        }
        var last = taken[at - 1];
        var fingerprint = SharedRecordFormat.FingerprintOf(last);
        var append = new ReplicaAppend(events, last.Offset + 2, new ReplicaState(fingerprint, _time, _generation).Write());
        // A full disk: nothing may be passed over, so the replica stands still until there is room.
        while (await _log!.Local.KeepAsync(append).ConfigureAwait(false) != AppendOutcome.Appended) await Task.Delay(_settings.Backoff.Longest, _settings.Time, cancellationToken).ConfigureAwait(false);
        _settings.Metrics?.Consumed(_shared.System, at - from);
        foreach (var (request, index) in requests)
        {
            if (request is not null && append.Results[index] is { Outcome: AppendOutcome.Appended or AppendOutcome.AlreadyAppended or AppendOutcome.KeyReused } result) _appends.Applied(request, result);
        }
        if (ownMark > 0) MarkCame(ownMark);
        return at;
    }

    private void MarkCame(long ownMark)
    {
        TaskCompletionSource came;
        lock (_appends)
        {
            (_markRead, _markReadAt) = (ownMark, _settings.Time.GetTimestamp());
            if (_markSent.Number == ownMark) _lag = _settings.Time.GetElapsedTime(_markSent.At);
            (came, _markCame) = (_markCame, new(TaskCreationOptions.RunContinuationsAsynchronously));
        }
        came.SetResult();
        WasCurrent = true;
        Others.Listens();
        _brokerFault = null;
    }

    private void SetAside(SharedRecord record, string fault)
    {
        Interlocked.Increment(ref _malformed);
        _settings.Metrics?.SetAside();
        try
        {
            _setAside.Add(record, fault, _settings.Time.GetUtcNow());
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The record is still at the broker.
            if (_faultsTold.Add(SetAsideRecords.FileName)) Log.NotSetAside(_logger, exception);
        }
        // By kind, of which there are few.
        if (_faultsTold.Add(fault)) Log.Malformed(_logger, _shared.Name, record.Offset, fault);
    }
}
