using System.Collections.Concurrent;
using System.Diagnostics;

namespace Fonte;

/// <summary>
/// What a log needs beside appends and reads, on a thread of its own: blocks are sealed into the index, what retention drops is found, and
/// topics are erased. It reads with a connection of its own; whatever is to go from the log it asks of the writer.
/// </summary>
internal sealed partial class LogUpkeep : IAsyncDisposable
{
    /// <summary>So much is left free in the file for what comes, rather than given back: 16 MiB.</summary>
    internal const long FreePagesToKeep = 4096;

    // So long an erasure that another process asked for waits at most.
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestBackoff = TimeSpan.FromSeconds(30);

    private readonly SqliteEventLog _log;
    private readonly RetentionRules _rules;
    private readonly SqliteLogReader _reader;
    private readonly Thread _thread;
    private readonly object _gate = new();
    private readonly ConcurrentQueue<Erasure> _erasures = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource? _pass;
    private long _retainedAt;
    private bool _woken;
    private volatile bool _closing;
    private volatile string? _fault;

    internal LogUpkeep(SqliteEventLog log, RetentionRules rules)
    {
        (_log, _rules) = (log, rules);
        _reader = log.OpenReader();
        _thread = new Thread(Run) { IsBackground = true, Name = "fonte-log-upkeep" };
    }

    /// <summary>Why the upkeep fails, or <see langword="null"/>.</summary>
    internal string? Fault => _fault;

    internal void Start() => _thread.Start();

    /// <summary>Says that there is something to do. Thread-safe.</summary>
    internal void Wake()
    {
        lock (_gate)
        {
            _woken = true;
            Monitor.Pulse(_gate);
        }
    }

    /// <summary>Does everything once, retention too, and completes when it is done. For tests, which have no time to wait.</summary>
    internal Task PassAsync()
    {
        lock (_gate)
        {
            _pass ??= new(TaskCreationOptions.RunContinuationsAsynchronously);
            Wake();
            return _pass.Task;
        }
    }

    internal Task<long> EraseAsync(string topic, long before)
    {
        var erasure = new Erasure(topic, before, new(TaskCreationOptions.RunContinuationsAsynchronously));
        _erasures.Enqueue(erasure);
        Wake();
        if (_closing) erasure.Completion.TrySetCanceled();
        return erasure.Completion.Task;
    }

    /// <summary>Says that the log closes; what waits for the writer then ends.</summary>
    internal void Close()
    {
        _closing = true;
        Wake();
    }

    public async ValueTask DisposeAsync()
    {
        Close();
        await _ended.Task.ConfigureAwait(false);
        _reader.Dispose();
    }

    private void Run()
    {
        var backoff = Rest;
        while (!_closing)
        {
            TaskCompletionSource? pass;
            lock (_gate) (pass, _pass) = (_pass, null);
            try
            {
                DoAll(retain: pass is not null);
                (backoff, _fault) = (Rest, null);
                pass?.SetResult();
                WaitFor(Rest);
            }
            catch (OperationCanceledException) when (_closing)
            {
                pass?.TrySetCanceled();
            }
            catch (Exception exception)
            {
                pass?.SetException(exception);
                // While the log cannot be written this is only another sign of it.
                _log.UpkeepFailed(backoff, exception);
                _fault = $"The upkeep of the log {_log.Path} failed and is tried again: {exception.Message}";
                WaitFor(backoff);
                backoff = backoff * 2 < LongestBackoff ? backoff * 2 : LongestBackoff;
            }
        }
        while (_erasures.TryDequeue(out var erasure)) erasure.Completion.TrySetCanceled();
        _ended.SetResult();
    }

    // Each whether or not the one before succeeds: an index that cannot be written must not stop retention.
    private void DoAll(bool retain)
    {
        Exception? failure = null;
        foreach (var step in (Action[])[SealBlocks, EraseTopics, Retain, DropOldBlocks])
        {
            try
            {
                step();
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                failure ??= exception;
            }
        }
        if (failure is not null) System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failure);

        void Retain()
        {
            if (!retain && Stopwatch.GetElapsedTime(_retainedAt) < _rules.Options.Interval) return;
            DropByRules();
            _retainedAt = Stopwatch.GetTimestamp();
        }
    }

    private void DropOldBlocks()
    {
        while (!_closing && _log.Index.TryDropOldest(Block.Of(_log.OldestOffset)))
        {
        }
    }

    private void WaitFor(TimeSpan time)
    {
        lock (_gate)
        {
            if (!_woken && !_closing) Monitor.Wait(_gate, time < _rules.Options.Interval ? time : _rules.Options.Interval);
            _woken = false;
        }
    }

    private void Remove(Removal removal)
    {
        // This thread is the upkeep's own, and has nothing else to do than to wait.
        _log.RemoveAsync(removal).GetAwaiter().GetResult();
        if (removal.Offsets.Count > 0) _log.OpenBlocks.ForgetTopics(Block.Of(removal.Offsets.Min()), Block.Of(removal.Offsets.Max()));
    }

    private sealed record Erasure(string Topic, long Before, TaskCompletionSource<long> Completion);
}
