using Microsoft.Extensions.Logging;

namespace Fonte;

/// <summary>Keeps a replica of a shared log in a folder of its own, and appends to the shared one. Thread-safe.</summary>
/// <remarks>
/// <code>
/// append ─▶ ISharedLog.ProduceAsync ─▶ broker ─▶ ReadAsync ─▶ decode, judge keys ─▶ replica (SQLite) ─▶ acknowledge, and serve
/// </code>
/// The broker's log is the only truth. A replica is recognised by its epoch and by the last record that it holds: where that is another, or gone, the replica is thrown away and made anew.
/// The offset of an event is the broker's, counted from 1.
/// </remarks>
internal sealed partial class SharedLogReplica : IAsyncDisposable
{
    private readonly ISharedLog _shared;
    private readonly ReplicaSettings _settings;
    private readonly IReplicaHost _host;
    private readonly ILogger _logger;
    private readonly string _node = LogEpoch.Create();
    private readonly SharedAppends _appends;
    private readonly CancellationTokenSource _stopping = new();
    private ReplicatedEventLog? _log;
    private Task _running = Task.CompletedTask;
    private int _generation;
    private long _marks;
    private long _marksBefore;
    private bool _isAnother;
    private readonly HashSet<string> _others = new(StringComparer.Ordinal);
    private readonly CancellationToken _stopped;
    private int _disposed;
    private long? _markReadAt;
    private long _markRead;
    private (long Number, long At) _markSent;
    private TimeSpan _lag;
    private readonly SetAsideRecords _setAside;
    private readonly Dictionary<string, long> _erasures = new(StringComparer.Ordinal);
    private TaskCompletionSource _markCame = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly SemaphoreSlim _markWanted = new(0, 1);
    private long _pendingBytes;
    private volatile string? _brokerFault = "The broker has not been reached yet.";

    internal SharedLogReplica(ISharedLog shared, ReplicaSettings settings, IReplicaHost host)
    {
        (_shared, _settings, _host) = (shared, settings, host);
        _logger = settings.Loggers.CreateLogger<SharedLogReplica>();
        _appends = new(_node);
        _stopped = _stopping.Token;
        Others = new(settings.HubLease, settings.Time);
        _setAside = new(settings.Directory);
        settings.Metrics?.ObserveLag(() => Lag.TotalSeconds);
    }

    /// <summary>What keeps the replica from being current now, or <see langword="null"/>.</summary>
    internal string? Fault => _brokerFault ?? (IsCurrent ? null : "The copy of the broker's log is not known to be current.");

    /// <summary>Whether everything that was in the shared log was in this copy once.</summary>
    internal bool WasCurrent { get; private set; }

    /// <summary>This hub, as it is told to others.</summary>
    internal string Tag => SignsOfLife.TagOf(_node);

    /// <summary>Which other hubs there are.</summary>
    internal SignsOfLife Others { get; }

    /// <summary>How long what is appended takes to come back: by the last mark that did, or one that is overdue.</summary>
    internal TimeSpan Lag
    {
        get
        {
            lock (_appends)
            {
                if (_markSent.Number == 0) return TimeSpan.Zero;
                var age = _settings.Time.GetElapsedTime(_markSent.At);
                return _markSent.Number <= _markRead || age < _lag ? _lag : age;
            }
        }
    }

    /// <summary>How many records were of no use.</summary>
    internal long Malformed => Interlocked.Read(ref _malformed);

    /// <summary>Serves what the folder holds, whether or not the broker can be reached, and follows the broker.</summary>
    /// <exception cref="LogUnavailableException">What the folder holds is no replica, or cannot be used.</exception>
    internal async Task StartAsync()
    {
        if (SqliteEventLog.ReplicaIn(_settings.Directory) is { } known) await TakeAsync(known).ConfigureAwait(false);
        _running = Task.Run(RunAsync);
    }

    /// <summary>Waits until everything that was in the shared log when this was called is here; false when that cannot be said in time.</summary>
    internal async Task<bool> CatchUpAsync(CancellationToken cancellationToken)
    {
        var begun = _settings.Time.GetTimestamp();
        var number = Interlocked.Read(ref _marks) + 1;
        while (true)
        {
            Task came;
            lock (_appends)
            {
                if (_markRead >= number) return true;
                came = _markCame.Task;
            }
            WantMark();
            var left = _settings.LookTimeout - _settings.Time.GetElapsedTime(begun);
            if (left <= TimeSpan.Zero) return false;
            try
            {
                await came.WaitAsync(left, _settings.Time, cancellationToken).ConfigureAwait(false);
            }
            catch (TimeoutException)
            {
                return false;
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 1) return;
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(false);
        await _shared.DisposeAsync().ConfigureAwait(false);
        _stopping.Dispose();
    }

    private void WantMark()
    {
        lock (_appends)
        {
            if (_markWanted.CurrentCount == 0) _markWanted.Release();
        }
    }

    private bool IsCurrent
    {
        get
        {
            lock (_appends) return _markReadAt is { } at && _settings.Time.GetElapsedTime(at) < _settings.MarkLifetime;
        }
    }

    private async Task RunAsync()
    {
        var wait = _settings.Backoff.Shortest;
        while (!_stopping.IsCancellationRequested)
        {
            var begun = _settings.Time.GetTimestamp();
            try
            {
                // Whose marks were on their way when the connection broke says nothing of now.
                _marksBefore = Interlocked.Read(ref _marks);
                await WithinAsync(2 * _settings.LookTimeout, "does not answer", _shared.OpenAsync, _stopping.Token).ConfigureAwait(false);
                var from = await AttachAsync().ConfigureAwait(false);
                await FollowAsync(from).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
            {
                return;
            }
            catch (OtherLogException)
            {
                // Attached anew, without waiting.
                _isAnother = true;
                continue;
            }
            catch (Exception exception)
            {
                Failed(exception);
            }
            if (_settings.Time.GetElapsedTime(begun) > _settings.Backoff.Longest) wait = _settings.Backoff.Shortest;
            try
            {
                await Task.Delay(wait, _settings.Time, _stopping.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            wait = TimeSpan.FromTicks(Math.Min(wait.Ticks * 2, _settings.Backoff.Longest.Ticks));
        }
    }

    private void Failed(Exception exception)
    {
        lock (_appends) _markReadAt = null;
        Others.IsDeaf();
        var sentence = exception is SharedLogException or LogUnavailableException ? exception.Message : $"The connection to {_shared.Name} failed: {exception.Message}";
        if (sentence != _brokerFault) Log.Failed(_logger, _shared.Name, sentence, exception is SharedLogException or LogUnavailableException ? exception.InnerException : exception);
        _brokerFault = sentence;
    }

    private async Task TakeAsync(LogEpoch epoch)
    {
        var options = _settings.Local(epoch);
        options.ErasureAsked = EraseEverywhere;
        var local = SqliteEventLog.Open(options, _settings.Loggers.CreateLogger<SqliteEventLog>());
        var log = new ReplicatedEventLog(local, this);
        WasCurrent = false;
        if (ReplicaState.Read(local.Fingerprint) is { } known) (_time, _generation) = (known.Time, known.Generation);
        // Closed by the host, also when it fails to take it.
        await _host.TakeAsync(log).ConfigureAwait(false);
        _log = log;
    }

    /// <summary>Another log, or another part of it: what was kept is of no use.</summary>
    private async Task ReplaceAsync(LogEpoch epoch)
    {
        if (_log is not null)
        {
            Log.Replaced(_logger, _shared.Name, epoch.Epoch);
            await _host.ReleaseAsync().ConfigureAwait(false);
            _log = null;
        }
        // Also what an earlier try has left.
        SqliteEventLog.DiscardReplica(_settings.Directory);
        await TakeAsync(epoch).ConfigureAwait(false);
    }

    /// <summary>While following it turned out that the log is another.</summary>
    private sealed class OtherLogException : Exception;

    private static partial class Log
    {
        [LoggerMessage(61, LogLevel.Warning, "The shared log {Name} cannot be followed; trying again: {Sentence}")]
        internal static partial void Failed(ILogger logger, string name, string sentence, Exception? cause);

        [LoggerMessage(62, LogLevel.Warning, "The shared log {Name} is not the one whose copy was here, or no longer holds what follows it; the copy is made anew, of epoch {Epoch}")]
        internal static partial void Replaced(ILogger logger, string name, string epoch);

        [LoggerMessage(63, LogLevel.Information, "The copy of {Name} follows, epoch {Epoch}, from offset {Offset}")]
        internal static partial void Follows(ILogger logger, string name, string epoch, long offset);

        [LoggerMessage(66, LogLevel.Warning, "The erasure of a topic could not be put into the broker's log; tried again")]
        internal static partial void NotErased(ILogger logger, Exception cause);

        [LoggerMessage(65, LogLevel.Warning, "Records that are no events cannot be kept in the file set-aside.ndjson; they are still at the broker")]
        internal static partial void NotSetAside(ILogger logger, Exception cause);

        [LoggerMessage(64, LogLevel.Warning, "The record at offset {Offset} of {Name} is no event that can be used and is set aside, as others of the kind will be without a word: {Fault}")]
        internal static partial void Malformed(ILogger logger, string name, long offset, string fault);
    }
}
