using Microsoft.Extensions.Logging;

namespace Fonte;

/// <summary>One hub over one log: publishing, live delivery and replay.</summary>
/// <remarks>
/// <code>
/// PublishAsync ─▶ EventRules ─▶ IEventLog ─▶ Dispatcher (encode once) ─▶ recent window ─▶ Pump ─▶ StreamOutput
///                                   └──────────────▶ ReplayReaders ─────────────────────▶ ┘
/// </code>
/// The hub does not own the log: who opened it closes it, after the hub.
/// </remarks>
internal sealed class EventHub : IEventPublisher, IAsyncDisposable
{
    private static readonly TimeSpan TickInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan DrainInterval = TimeSpan.FromMilliseconds(50);

    private readonly IEventLog _log;
    private readonly EventIds _ids;
    private readonly FonteOptions _options;
    private readonly HubServices _services;
    private readonly ReplayReaders _readers;
    private readonly Pump[] _pumps;
    private readonly List<Task> _loops = [];
    private readonly CancellationTokenSource _stopping = new();
    private readonly ITimer _ticks;
    private readonly ITimer _drains;
    private readonly int _maxSubscribers;
    private int _subscribers;
    private int _turn;
    private int _disposed;
    private volatile bool _draining;

    internal EventHub(IEventLog log, FonteOptions options, HubServices services)
    {
        (_log, _options, _services) = (log, options, services);
        _ids = options.EventIds == EventIdForm.Opaque ? new OpaqueIds(log.Identity, EventIdKey.Of(options)) : new PositionIds(log.Identity);
        _maxSubscribers = options.MaxSubscribers > 0 ? options.MaxSubscribers : DescriptorLimit.Subscribers();
        var window = new OffsetRing<EventFrame>(log.NextOffset, options.RecentWindowBytes);
        _readers = new(log, _ids, options.ReplayCacheBytes, services);
        var settings = new PumpSettings(_ids, options.HeartbeatInterval, options.WriteTimeout, services.Time, services.Metrics)
        {
            PatternCacheBytes = options.PatternCacheBytes / Environment.ProcessorCount,
            DrainedAtOnce = Math.Max(1, (int)(options.DrainRate * DrainInterval.TotalSeconds / Environment.ProcessorCount)),
        };
        _pumps = [.. Enumerable.Range(0, Environment.ProcessorCount).Select(_ => new Pump(window, _readers, settings))];
        var dispatcher = new Dispatcher(log, _ids, window, _readers, _pumps);
        Start("dispatcher", healthy => dispatcher.RunAsync(healthy, _stopping.Token));
        for (var i = 0; i < _pumps.Length; i++) Start($"pump-{i}", _pumps[i].RunAsync);
        _ticks = services.Time.CreateTimer(_ => Broadcast(PumpMessageKind.Tick), null, TickInterval, TickInterval);
        _drains = services.Time.CreateTimer(_ => Broadcast(PumpMessageKind.Drain), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        services.Metrics.Observe(log);
    }

    /// <summary>The ID of the place of the last event that is durable, or <c>earliest</c> before the first.</summary>
    internal string LastEventId => _log.NextOffset == _log.OldestOffset ? EventRules.Earliest : _ids.At(_log.NextOffset - 1);

    /// <summary>The ID of the place before an offset: a cursor for who has seen all that comes before that.</summary>
    internal string PositionBefore(long next) => _ids.At(next - 1);

    /// <summary>The offset that an ID of the hub's own names; <see langword="null"/> when it names none in this log.</summary>
    internal long? OffsetOf(string id) => _ids.Find(id) is (var offset, null) ? offset : null;

    /// <summary>What keeps the hub from doing its work now, in sentences; empty while it is ready.</summary>
    internal IReadOnlyCollection<string> Faults =>
        _log.Fault is { } fault ? [fault, .. _services.Health.Faults] : _services.Health.Faults;

    /// <summary>The number of open event streams.</summary>
    internal int Subscribers => Volatile.Read(ref _subscribers);

    /// <inheritdoc/>
    public async ValueTask<PublishResult> PublishAsync(PublishRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentOutOfRangeException.ThrowIfZero(request.Events.Count, nameof(request));
        if (request.IdempotencyKey is { Value.Length: 0 or > IdempotencyKey.MaxLength })
            throw new ArgumentException($"An idempotency key has 1 to {IdempotencyKey.MaxLength} characters.", nameof(request));
        var result = Check(request.Events) ?? ResultOf(request.Events, await AppendAsync(request, cancellationToken).ConfigureAwait(false));
        _services.Metrics.Published(result.Outcome, request.Events.Count);
        return result;
    }

    /// <summary>Whether what is here may be too little to begin with: another hub of the same log has given a cursor, or all that came since the last run is still on its way here.</summary>
    internal bool MayBeBehind(ResumePoint start) => _log is ReplicatedEventLog log && (start.Gap?.Reason is GapReason.Future or GapReason.Unknown or GapReason.OtherEpoch || !log.WasCurrent);

    /// <summary>Waits until what other hubs have given is here too; false when that cannot be said in time.</summary>
    internal Task<bool> CatchUpAsync(CancellationToken cancellationToken) => ((ReplicatedEventLog)_log).CatchUpAsync(cancellationToken);

    /// <summary>Finds where a cursor resumes, or returns <see langword="null"/> when the log cannot be read. May block on the disk.</summary>
    internal ResumePoint? Resume(SubscribeRequest request)
    {
        try
        {
            var point = Resumption.Resolve(_log, _ids, request);
            // Each poll resumes, and would drown those who reconnect.
            if (request.Wait is null) _services.Metrics.Resumed(point);
            return point;
        }
        catch (LogDamagedException exception)
        {
            _services.LogUnreadable(exception);
            return null;
        }
    }

    /// <summary>
    /// Starts an event stream on an output, or returns <see langword="null"/> when the hub is full or stopping.
    /// From now on the pump alone writes to it, until <see cref="Subscriber.Completion"/>.
    /// </summary>
    internal SubscriberHandle? Subscribe(SubscribeRequest request, ResumePoint start, StreamOutput output)
    {
        if (_draining) return null;
        if (Interlocked.Increment(ref _subscribers) > _maxSubscribers)
        {
            Interlocked.Decrement(ref _subscribers);
            return null;
        }
        var now = _services.Time.GetTimestamp();
        var subscriber = new Subscriber(request, start, output, ReconnectionMilliseconds()) { Lifetime = Lifetime(), OpenedAt = now, Deadline = Deadline(request, now), AnswerAt = AnswerAt(request, start, now), Reach = request.Wait is null ? 0 : _log.NextOffset };
        var pump = _pumps[(uint)Interlocked.Increment(ref _turn) % (uint)_pumps.Length];
        if (request.Wait is null) _services.Metrics.Opened();
        request.Tracker?.Begun();
        if (!pump.Post(PumpMessage.Attach(subscriber))) subscriber.Complete(new(DisconnectReason.Draining, AtBoundary: true, start.Next));
        return new SubscriberHandle(this, pump, subscriber);
    }

    /// <summary>The reconnection time to give to one stream, spread so that all do not come back at once.</summary>
    internal int ReconnectionMilliseconds()
    {
        lock (_services.Random) return (int)(_options.ReconnectionTime.TotalMilliseconds * (0.5 + _services.Random.NextDouble()));
    }

    internal void Left(Subscriber subscriber, StreamEnd end)
    {
        subscriber.Tracker?.Ended();
        Interlocked.Decrement(ref _subscribers);
        if (!subscriber.IsPoll) _services.Metrics.Closed(end.Reason, _services.Time.GetElapsedTime(subscriber.OpenedAt));
    }

    /// <summary>Ends all event streams between two events, as their lifetime does; their subscribers reconnect.</summary>
    internal void EndStreams() => Broadcast(PumpMessageKind.EndAll);

    /// <summary>Ends the event streams of some owners, and returns how many there were.</summary>
    internal Task<int> EndAsync(Func<IStreamOwner, bool> chosen, DisconnectReason reason)
    {
        var sweep = new StreamSweep(chosen, reason, _pumps.Length);
        foreach (var pump in _pumps)
        {
            if (!pump.Post(new(PumpMessageKind.Sweep, Sweep: sweep))) sweep.Done(0);
        }
        return sweep.Completion;
    }

    /// <summary>Looks at the event streams that are open: how many there are, and those that are furthest behind.</summary>
    /// <param name="most">How many are reported at most.</param>
    internal Task<StreamCensus> CountAsync(int most)
    {
        var census = new StreamCensus(most, _pumps.Length);
        foreach (var pump in _pumps)
        {
            if (!pump.Post(new(PumpMessageKind.Census, Census: census))) census.Done([], _ => 0, _ => throw new InvalidOperationException());
        }
        return census.Completion;
    }

    /// <summary>Takes no new event streams and ends those that are open, some at a time. Publishing goes on.</summary>
    internal void Drain()
    {
        _draining = true;
        _drains.Change(TimeSpan.Zero, DrainInterval);
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 1) return;
        await _ticks.DisposeAsync().ConfigureAwait(false);
        await _drains.DisposeAsync().ConfigureAwait(false);
        _draining = true;
        await _stopping.CancelAsync().ConfigureAwait(false);
        foreach (var pump in _pumps) pump.Close();
        await Task.WhenAll(_loops).ConfigureAwait(false);
        await _readers.DisposeAsync().ConfigureAwait(false);
        _stopping.Dispose();
    }

    private async ValueTask<AppendResult> AppendAsync(PublishRequest request, CancellationToken cancellationToken)
    {
        var begun = _services.Time.GetTimestamp();
        var result = await _log.AppendAsync(request, cancellationToken).ConfigureAwait(false);
        if (result.Outcome == AppendOutcome.Appended) _services.Metrics.Appended(_services.Time.GetElapsedTime(begun));
        return result;
    }

    // Looked at once a second, and not to be passed (Mercure draft -08, "Subscribers").
    private long Deadline(SubscribeRequest request, long now)
    {
        if (request.Expires is not { } expires) return long.MaxValue;
        var left = expires - _services.Time.GetUtcNow() - TickInterval;
        return now + (long)Math.Min(left.TotalSeconds * _services.Time.TimestampFrequency, long.MaxValue / 2);
    }

    private long AnswerAt(SubscribeRequest request, ResumePoint start, long now)
    {
        if (request.Wait is not { } wait) return long.MaxValue;
        // What is missing is told at once.
        return wait == TimeSpan.Zero || start.Gap is not null ? long.MinValue : now + (long)(wait.TotalSeconds * _services.Time.TimestampFrequency);
    }

    private TimeSpan Lifetime()
    {
        if (_options.StreamLifetime == TimeSpan.Zero) return Timeout.InfiniteTimeSpan;
        lock (_services.Random) return _options.StreamLifetime * (0.75 + (0.25 * _services.Random.NextDouble()));
    }

    private PublishResult? Check(IReadOnlyList<EventDraft> events)
    {
        for (var i = 0; i < events.Count; i++)
        {
            if (EventRules.Check(events[i], _options.Limits, _options.Reserved) is { } fault) return new(PublishOutcome.Rejected, Fault: fault) { FaultIndex = i };
        }
        return null;
    }

    private PublishResult ResultOf(IReadOnlyList<EventDraft> events, AppendResult append) => append.Outcome switch
    {
        AppendOutcome.Appended or AppendOutcome.AlreadyAppended => Published(events, append),
        AppendOutcome.Overloaded => new(PublishOutcome.Overloaded),
        AppendOutcome.Unavailable => new(PublishOutcome.Unavailable),
        AppendOutcome.KeyReused => new(PublishOutcome.KeyReused),
        _ => new(PublishOutcome.OutcomeUnknown),
    };

    private PublishResult Published(IReadOnlyList<EventDraft> events, AppendResult append)
    {
        var isRepeated = append.Outcome == AppendOutcome.AlreadyAppended;
        var first = IdOf(events[0], append.At(0));
        if (events.Count == 1) return new(PublishOutcome.Published, first) { IsRepeated = isRepeated };
        var ids = new string[events.Count];
        for (var i = 0; i < ids.Length; i++) ids[i] = IdOf(events[i], append.At(i));
        return new(PublishOutcome.Published, first) { Ids = ids, IsRepeated = isRepeated };
    }

    private string IdOf(EventDraft draft, long offset) => draft.Id ?? _ids.At(offset);

    private void Broadcast(PumpMessageKind kind)
    {
        foreach (var pump in _pumps) pump.Post(new(kind));
    }

    private void Start(string name, Func<Action, Task> body)
    {
        _loops.Add(Task.Run(() => SupervisedLoop.RunAsync(name, body, _services.Loops, _stopping.Token)));
    }
}

/// <summary>What the hub is given from outside.</summary>
internal sealed partial record HubServices(TimeProvider Time, FonteMetrics Metrics, ILogger Logger, Random Random)
{
    private const string ReadingPart = "log-reading";

    internal HubHealth Health { get; } = new();

    internal LoopContext Loops => new(Health, Metrics, Time, Logger);

    /// <summary>Tells the operator that part of the log cannot be read; it stays told until a restart, because nothing mends it by itself.</summary>
    internal void LogUnreadable(Exception cause)
    {
        Log.Unreadable(Logger, cause);
        Health.Fault(ReadingPart, "Part of the log cannot be read; see the server's log.");
    }

    /// <summary>Tells the operator of an event that is passed over; readiness stays, because there is nothing to wait for.</summary>
    internal void EventDamaged(LogDamagedException cause) => Log.Damaged(Logger, cause);

    private static partial class Log
    {
        [LoggerMessage(22, LogLevel.Error, "An event of the log is damaged; whoever replays it is told of a gap")]
        internal static partial void Damaged(ILogger logger, Exception cause);

        [LoggerMessage(21, LogLevel.Error, "Part of the log cannot be read")]
        internal static partial void Unreadable(ILogger logger, Exception cause);
    }
}
