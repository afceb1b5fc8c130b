using Microsoft.Data.Sqlite;

namespace Fonte;

/// <content>The writer's thread.</content>
public sealed partial class SqliteEventLog
{
    private void WriteLoop()
    {
        var taken = new List<PendingAppend>();
        while (_pending.TryTake(ref taken))
        {
            var start = 0;
            // Once also without appends, for the other work of the writer.
            do start = WriteBatch(taken, start);
            while (start < taken.Count);
            taken.Clear();
            if (_fault is not null) RecoverWhenPossible();
        }
        _removals.Close();
        _ended.SetResult();
    }

    /// <summary>Commits the next appends of the list together, and with them a step of what is to go; returns where the rest begins.</summary>
    private int WriteBatch(List<PendingAppend> appends, int start)
    {
        var bytes = 0L;
        var end = start;
        var batch = new CommitBatch();
        var answers = new AppendAnswers();
        var time = Math.Max(_lastTime, _options.TimeProvider.GetUnixMicroseconds());
        for (; end < appends.Count && batch.Events.Count < MaxBatchEvents && bytes < MaxBatchBytes; end++)
        {
            bytes += appends[end].Size;
            Place(appends[end], batch, answers, time);
        }
        var outcome = Commit(batch, time);
        answers.Give(appends, start, outcome);
        _pending.Release(bytes);
        if (outcome == AppendOutcome.Appended) TidyUp();
        return end;
    }

    /// <summary>Gives an append its place in the batch, unless its idempotency key is known.</summary>
    private void Place(PendingAppend append, CommitBatch batch, AppendAnswers answers, long time)
    {
        var offset = batch.NextAfter(_next);
        if (_fault is not null)
        {
            answers.Add(new(AppendOutcome.Unavailable));
            return;
        }
        if (append.Replica is { } replica)
        {
            answers.Add(new(AppendOutcome.Appended));
            PlaceReplica(append, replica, batch);
            return;
        }
        if (append.Seal is null)
        {
            answers.Add(new(AppendOutcome.Appended, offset));
        }
        else if (batch.FindKey(append.Seal, time) is var (inBatch, seal))
        {
            answers.Add(Repeated(append, inBatch, seal), dependsOnCommit: true);
            return;
        }
        else if (FindKey(append.Seal, time) is var (known, knownSeal))
        {
            answers.Add(Repeated(append, known, knownSeal), dependsOnCommit: false);
            return;
        }
        else
        {
            answers.Add(new(AppendOutcome.Appended, offset));
            // The look-up has failed, and nothing of this batch is appended.
            if (_fault is not null) return;
        }
        batch.Add(append, offset, time);
    }

    // Judged by the other log's time, so that all who keep a replica judge alike.
    private void PlaceReplica(PendingAppend append, ReplicaAppend replica, CommitBatch batch)
    {
        var next = batch.NextAfter(_next);
        for (var i = 0; i < replica.Records.Count; i++)
        {
            var record = replica.Records[i];
            // Read once more after a restart.
            if (record.Offset < next) continue;
            var seal = record.Seal is { } all ? all[..IdempotencyKey.SealLength] : null;
            // The request's own key first, where the event is not its first one: if that came with other events, none of these counts.
            if (record.Seal is { Length: 2 * IdempotencyKey.SealLength } both && (batch.FindKey(both.AsSpan(IdempotencyKey.SealLength), record.TimeMicroseconds) ?? FindKey(both[IdempotencyKey.SealLength..], record.TimeMicroseconds)) is var (_, requestSeal) && !requestSeal.AsSpan().SequenceEqual(both.AsSpan(IdempotencyKey.SealLength)))
            {
                replica.Results[i] = new(AppendOutcome.KeyReused);
                continue;
            }
            if (seal is not null && (batch.FindKey(seal, record.TimeMicroseconds) ?? FindKey(seal, record.TimeMicroseconds)) is var (known, knownSeal))
            {
                replica.Results[i] = Repeated(seal, known, knownSeal);
                continue;
            }
            if (_fault is not null) return;
            replica.Results[i] = new(AppendOutcome.Appended, record.Offset);
            batch.Add(record with { Seal = seal }, append.IdHashOf(i));
        }
        batch.Next = Math.Max(next, replica.Next);
        batch.Fingerprint = replica.Fingerprint;
    }

    private static AppendResult Repeated(PendingAppend append, long offset, byte[] seal) => Repeated(append.Seal!, offset, seal);

    private static AppendResult Repeated(byte[] seal, long offset, byte[] known) =>
        seal.AsSpan().SequenceEqual(known) ? new(AppendOutcome.AlreadyAppended, offset) : new(AppendOutcome.KeyReused);

    private (long Offset, byte[] Seal)? FindKey(byte[] seal, long time)
    {
        try
        {
            if (_writer!.FindKey(seal) is not var (offset, since, known)) return null;
            return offset >= OldestOffset && IdempotencyKey.Counts(since, time) ? (offset, known) : null;
        }
        catch (SqliteException exception)
        {
            // Nothing of this batch is appended then: without the look-up an event might be appended twice.
            Fail(exception);
            return null;
        }
    }

    private AppendOutcome Commit(CommitBatch batch, long time)
    {
        if (_fault is not null || _writer is null) return AppendOutcome.Unavailable;
        var step = _removals.Next(batch.NextAfter(_next), batch.Events.Count);
        if (batch.Events.Count == 0 && batch.Next is null && step is null) return AppendOutcome.Appended;
        try
        {
            // Also when the outcome is unknown: if those events turn out to be there, later ones must not be older.
            _lastTime = batch.Next is null ? time : Math.Max(_lastTime, batch.Events.Count == 0 ? 0 : batch.Events[^1].TimeMicroseconds);
            var (outcome, cause) = _writer.Commit(batch, step);
            if (outcome != AppendOutcome.Appended)
            {
                Fail(cause!);
                return outcome;
            }
            Publish(batch);
            if (step is not null) StepDone(step);
            return outcome;
        }
        catch (Exception exception)
        {
            // Whatever it was, the thread must live: without it every publisher would wait for ever.
            Fail(exception);
            return AppendOutcome.OutcomeUnknown;
        }
    }

    // In this order: readable, and with that the tail; then announced, then (by the caller) acknowledged.
    private void Publish(CommitBatch batch)
    {
        if (batch.Events.Count == 0 && batch.Next is null) return;
        _openBlocks.Add(batch.Events);
        var before = _next;
        _next = batch.NextAfter(_next);
        _recent.Append(batch.Events, _next);
        _tail.Pulse();
        if (Block.Of(before) != Block.Of(_next)) _upkeep.Wake();
    }

    private void StepDone(RemovalStep step)
    {
        // Otherwise there is more of it, whether somebody appends or not.
        if (!_removals.Done(step, out _finished)) _pending.Wake();
    }

    /// <summary>
    /// Between two commits. The write-ahead log is emptied when it has grown: SQLite copies it into the database after every thousand pages, but
    /// cannot begin it anew while readers overlap, and it was seen to grow to 951 MB in 40 s. Here no commit is under way, readers end within
    /// 50 ms, and those that come after a full copy no longer use it.
    /// </summary>
    private void TidyUp()
    {
        try
        {
            if (_finished is not null) Finish(_finished);
            if (_shrinking) Shrink();
            // A reader that stays may hold up each try for the busy timeout; so the next one waits until there is a little more to gain.
            if (_writer!.WalBytes is var bytes && bytes > _emptyWalAbove) _emptyWalAbove = _writer.TryTruncateWal() ? MostWalBytes : bytes + WalGrowthPerTry;
        }
        catch (SqliteException exception)
        {
            Fail(exception);
        }
    }

    // What was erased must not come back from memory or from the write-ahead log; only then is it said to be gone.
    private void Finish(Removal removal)
    {
        _finished = null;
        try
        {
            if (!removal.IsErasure) return;
            _recent.Reset(_next);
            if (removal.ErasedTopic is null) return;
            Interlocked.Increment(ref _erasures);
            _tail.Pulse();
            _writer!.TryTruncateWal();
        }
        finally
        {
            removal.Complete();
        }
    }

    // A few pages at a time: each that is given back moves another to its place.
    private void Shrink()
    {
        _writer!.Shrink(PagesAtOnce);
        if (_writer.Pages.Free > LogUpkeep.FreePagesToKeep) _pending.Wake();
        else _shrinking = false;
    }

    private void Leave()
    {
        try
        {
            if (_writer is not null && _fault is null) SqliteLogState.Leave(_writer.Connection);
        }
        catch (SqliteException exception)
        {
            Log.WriteFailed(_logger, _file.Path, exception);
        }
        Discard();
    }

    private void Discard()
    {
        _writer?.Dispose();
        _writer = null;
    }
}
