using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace Fonte;

/// <content>What goes to the broker.</content>
internal sealed partial class SharedLogReplica
{
    /// <summary>Appends by way of the broker; completes when the events have come back and are in the replica.</summary>
    internal async ValueTask<AppendResult> AppendAsync(PublishRequest request, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        // Before anything is produced: who does not know how far the log is cannot say what became of it.
        if (Fault is not null || _log?.Local.Fault is not null) return new(AppendOutcome.Unavailable);
        var size = request.Events.Sum(EventSize.Of);
        if (Interlocked.Add(ref _pendingBytes, size) > _settings.MaxPendingBytes)
        {
            Interlocked.Add(ref _pendingBytes, -size);
            return new(AppendOutcome.Overloaded);
        }
        var append = _appends.Begin(request.Events.Count);
        try
        {
            return await AppendAsync(request, append).ConfigureAwait(false);
        }
        finally
        {
            _appends.End(append);
            Interlocked.Add(ref _pendingBytes, -size);
        }
    }

    [SuppressMessage("Reliability", "CA2016", Justification = "What is on its way cannot be called back.")]
    private async Task<AppendResult> AppendAsync(PublishRequest request, SharedAppend append)
    {
        var seal = request.IdempotencyKey?.Seal(request.Events);
        var time = _settings.Time.GetUnixMicroseconds();
        var records = new SharedRecord[request.Events.Count];
        for (var i = 0; i < records.Length; i++) records[i] = _settings.Format.Encode(request.Events[i], append.NameOf(i), time, SealOf(seal, i));
        var begun = _settings.Time.GetTimestamp();
        try
        {
            await ProduceAsync(records, _stopped).ConfigureAwait(false);
            _settings.Metrics?.Sent(_shared.System, records.Length, _settings.Time.GetElapsedTime(begun));
        }
        catch (SharedLogException exception) when (exception.NothingWasSent)
        {
            return new(AppendOutcome.Unavailable);
        }
        catch (Exception)
        {
            // It may be there all the same, and is if it comes back.
        }
        try
        {
            var left = _settings.AppendTimeout - _settings.Time.GetElapsedTime(begun);
            return await append.Completion.WaitAsync(left > TimeSpan.Zero ? left : TimeSpan.Zero, _settings.Time, _stopped).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is TimeoutException or OperationCanceledException)
        {
            return new(AppendOutcome.OutcomeUnknown);
        }
    }

    // Each event of a request is judged by itself: a request that came half way is completed by its repetition. Behind its own seal stands the request's: where that came with other events, none of it counts.
    private static byte[]? SealOf(byte[]? seal, int index)
    {
        if (seal is null || index == 0) return seal;
        var own = new byte[2 * seal.Length];
        seal.CopyTo(own, 0);
        seal.CopyTo(own, seal.Length);
        SHA256.HashData([.. seal.AsSpan(0, IdempotencyKey.HalfLength), .. BitConverter.GetBytes(index)]).AsSpan(0, IdempotencyKey.HalfLength).CopyTo(own);
        return own;
    }

    // All copies erase, at the same place.
    private void EraseEverywhere(string topic)
    {
        // What is here now: so that it takes nothing more when somebody repeats it.
        if (_log is not { } log) return;
        var before = log.NextOffset;
        lock (_erasures)
        {
            if (_erasures.TryGetValue(topic, out var at) && _settings.Time.GetElapsedTime(at) < _settings.AppendTimeout) return;
            _erasures[topic] = _settings.Time.GetTimestamp();
        }
        _ = EraseAsync();

        async Task EraseAsync()
        {
            try
            {
                await ProduceAsync([_settings.Format.EncodeErasure(topic, before, _settings.Time.GetUnixMicroseconds())], _stopped).ConfigureAwait(false);
            }
            catch (Exception exception)
            {
                // It is asked for again.
                Log.NotErased(_logger, exception);
            }
        }
    }

    private Task ProduceAsync(IReadOnlyList<SharedRecord> records, CancellationToken cancellationToken) =>
        WithinAsync(_settings.AppendTimeout, "does not confirm what it is given", stop => _shared.ProduceAsync(records, stop), cancellationToken);

    // A broker may take for ever, as one whose memory is full. Nobody waits any more then, whatever becomes of it.
    private async Task WithinAsync(TimeSpan time, string otherwise, Func<CancellationToken, Task> ask, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var asking = ask(limit.Token);
        try
        {
            await asking.WaitAsync(time, _settings.Time, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException exception)
        {
            throw new SharedLogException($"{_shared.Name} {otherwise}.", exception);
        }
        finally
        {
            if (!asking.IsCompleted)
            {
                await limit.CancelAsync().ConfigureAwait(false);
                _ = asking.ContinueWith(static done => done.Exception, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            }
        }
    }
}
