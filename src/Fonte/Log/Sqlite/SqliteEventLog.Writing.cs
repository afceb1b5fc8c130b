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
            for (var start = 0; start < taken.Count;) start = WriteBatch(taken, start);
            taken.Clear();
            if (_writer is null) RecoverWhenPossible();
        }
        Leave();
        _ended.SetResult();
    }

    /// <summary>Commits the next appends of the list together, and returns where the rest begins.</summary>
    private int WriteBatch(List<PendingAppend> appends, int start)
    {
        var bytes = 0L;
        var end = start;
        var events = new List<LoggedEvent>();
        var time = Math.Max(_lastTime, _options.TimeProvider.GetUnixMicroseconds());
        for (; end < appends.Count && events.Count < MaxBatchEvents && bytes < MaxBatchBytes; end++)
        {
            bytes += appends[end].Size;
            foreach (var draft in appends[end].Events) events.Add(draft.At(_next + events.Count, time));
        }
        var first = _next;
        var outcome = Commit(events, time);
        for (var i = start; i < end; i++)
        {
            appends[i].Complete(new(outcome, outcome == AppendOutcome.Appended ? first : 0));
            first += appends[i].Events.Count;
        }
        _pending.Release(bytes);
        if (outcome == AppendOutcome.Appended) CheckWal();
        return end;
    }

    private AppendOutcome Commit(List<LoggedEvent> events, long time)
    {
        if (_writer is null) return AppendOutcome.Unavailable;
        try
        {
            // Also when the outcome is unknown: if those events turn out to be there, later ones must not be older.
            _lastTime = time;
            var (outcome, cause) = _writer.Commit(events);
            if (outcome == AppendOutcome.Appended) Publish(events);
            else Fail(cause!);
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
    private void Publish(List<LoggedEvent> events)
    {
        _next = events[^1].Offset + 1;
        _recent.Append(events, _next);
        _tail.Pulse();
    }

    private void Fail(Exception cause)
    {
        Log.WriteFailed(_logger, _file.Path, cause);
        _fault = $"The log {_file.Path} cannot be written: {cause.Message}";
        Discard();
    }

    /// <summary>
    /// Empties the write-ahead log when it has grown. SQLite copies it into the database after every thousand pages, but cannot begin it anew
    /// while readers overlap: it was seen to grow to 951 MB in 40 s. Here no commit is under way, readers end within 50 ms, and those that come
    /// after a full copy no longer use it.
    /// </summary>
    private void CheckWal()
    {
        if (_writer!.WalBytes <= MostWalBytes) return;
        try
        {
            _writer.TryTruncateWal();
        }
        catch (SqliteException exception)
        {
            Fail(exception);
        }
    }

    private void RecoverWhenPossible()
    {
        do
        {
            // Those that came in before the fault was known are answered at once, not when the disk is well again.
            foreach (var append in _pending.TakeAll())
            {
                append.Complete(new(AppendOutcome.Unavailable));
                _pending.Release(append.Size);
            }
        }
        while (!_pending.WaitForClose(RetryInterval) && !TryRecover());
    }

    /// <summary>
    /// Opens the database anew, makes sure that it is on the disk and can be written, and takes its word for what is in it: a commit
    /// that failed half way is either whole there or not at all.
    /// </summary>
    private bool TryRecover()
    {
        try
        {
            _writer = new SqliteLogWriter(_file.Path);
            if (!_writer.TryProve())
            {
                Discard();
                return false;
            }
            _writer.Relax(_options.Synchronous);
            var next = SqliteLogState.NextOffsetOf(_writer.Connection);
            if (next > _next)
            {
                _next = next;
                _recent.Reset(next);
                _tail.Pulse();
            }
            _fault = null;
            Log.Recovered(_logger, _file.Path, next);
            return true;
        }
        catch (Exception exception)
        {
            Log.WriteFailed(_logger, _file.Path, exception);
            Discard();
            return false;
        }
    }

    private void Leave()
    {
        try
        {
            if (_writer is not null) SqliteLogState.Leave(_writer.Connection);
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
