using System.Buffers;
using System.Threading.Channels;

namespace Fonte;

/// <summary>Writes events to its share of the subscribers: the only one that touches them, so nothing of theirs is locked.</summary>
/// <remarks>
/// <code>
///              ┌────────────── flush returned, all seen ─────────────┐
/// attach ─▶ Live ──── socket full, or a chunk is over ────▶ Parked / Behind ◀──▶ Reading (from the log)
///              └─ detach, drain, write timeout ─▶ Gone (only when no flush is under way)
/// </code>
/// Who gave the output may use the connection again only after the subscriber is gone: a later write would land in the next response on it.
/// </remarks>
internal sealed partial class Pump
{
    private const int FramesAtOnce = 256;
    private readonly OffsetRing<EventFrame> _window;
    private readonly ReplayReaders _readers;
    private readonly PumpSettings _settings;
    private readonly Channel<PumpMessage> _inbox = Channel.CreateUnbounded<PumpMessage>(new() { SingleReader = true });
    private readonly TopicRoutes _routes;
    private readonly List<Subscriber> _subscribers = [];
    private readonly Queue<Subscriber> _behind = new();
    private readonly List<Subscriber> _dirty = [];
    private readonly PumpScratch _scratch = new();
    private readonly ArrayBufferWriter<byte> _block = new();
    private readonly EventFrame[] _frames = new EventFrame[FramesAtOnce];
    private readonly (EventFrame? Source, EventFrame? Made)[] _formed = new (EventFrame?, EventFrame?)[StreamForms.Count];
    private readonly (SharedBlock? Made, long? Next)[] _beats = new (SharedBlock?, long?)[StreamForms.Count];
    private long _position;
    private long _now;
    private long _delivered;
    private bool _draining;
    private int _tailPending;

    internal Pump(OffsetRing<EventFrame> window, ReplayReaders readers, PumpSettings settings)
    {
        (_window, _readers, _settings) = (window, readers, settings);
        _routes = new(settings.PatternCacheBytes);
        _position = window.End;
    }

    /// <summary>Leaves a message; false when the pump is closed. Thread-safe, never blocks.</summary>
    internal bool Post(PumpMessage message) => _inbox.Writer.TryWrite(message);

    /// <summary>Says that the recent window has grown; said many times before the pump looks, it is one message.</summary>
    internal void PostTailMoved()
    {
        if (Interlocked.Exchange(ref _tailPending, 1) == 0) Post(new(PumpMessageKind.TailMoved));
    }

    /// <summary>Takes no more messages; the loop ends when those that are there are done.</summary>
    internal void Close() => _inbox.Writer.TryComplete();

    /// <summary>Works until closed. May be started again after a failure: all state is kept.</summary>
    internal async Task RunAsync(Action healthy)
    {
        PickUpAfterFailure();
        while (_behind.Count > 0 || _position < _window.End || await _inbox.Reader.WaitToReadAsync().ConfigureAwait(false))
        {
            _now = _settings.Time.GetTimestamp();
            while (_inbox.Reader.TryRead(out var message)) Handle(message);
            DispatchLive();
            EndDue();
            for (var turns = _behind.Count; turns > 0; turns--) Step(_behind.Dequeue(), block: null);
            CountDelivered();
            healthy();
        }
        for (var i = _subscribers.Count - 1; i >= 0; i--) Finish(_subscribers[i], DisconnectReason.Draining, atBoundary: false);
    }

    // Below zero when more was forgotten than written: those are written again, and counted then.
    private void CountDelivered()
    {
        if (_delivered <= 0) return;
        _settings.Metrics.Delivered(_delivered);
        _delivered = 0;
    }

    // What was in hand when the loop failed is found again by its state; the cursors tell what was already written.
    private void PickUpAfterFailure()
    {
        _behind.Clear();
        _dirty.Clear();
        foreach (var subscriber in _subscribers)
        {
            if (subscriber.State == SubscriberState.New) FallBehind(subscriber, subscriber.Cursor);
            else if (subscriber.State == SubscriberState.Behind) _behind.Enqueue(subscriber);
            else if (subscriber is { State: SubscriberState.Live, Output.Unflushed: > 0 }) _dirty.Add(subscriber);
        }
    }

    private void Handle(PumpMessage message)
    {
        switch (message.Kind)
        {
            case PumpMessageKind.Attach: Attach(message.Subscriber!); break;
            case PumpMessageKind.Detach: End(message.Subscriber!, DisconnectReason.ClientGone); break;
            case PumpMessageKind.Leave: Leave(message.Subscriber!); break;
            case PumpMessageKind.Flushed: Flushed(message.Subscriber!, message.Failed); break;
            case PumpMessageKind.BlockRead: BlockRead(message.Subscriber!, message.Block); break;
            case PumpMessageKind.TailMoved: Volatile.Write(ref _tailPending, 0); break;
            case PumpMessageKind.Tick:
                // Of its own moment: the turn in which it is handled may have begun before.
                _now = _settings.Time.GetTimestamp();
                // An event that is erased must not stay here. Within a second many that read a large one slowly take it from here, a part at a time.
                Array.Clear(_formed);
                Tick();
                break;
            case PumpMessageKind.Drain: Drain(); break;
            case PumpMessageKind.EndAll: EndAll(); break;
            case PumpMessageKind.Sweep: Sweep(message.Sweep!); break;
            case PumpMessageKind.Census: Report(message.Census!); break;
        }
    }

    private void Attach(Subscriber subscriber)
    {
        subscriber.Index = _subscribers.Count;
        _subscribers.Add(subscriber);
        _routes.Add(subscriber);
        if (_draining)
        {
            End(subscriber, DisconnectReason.Draining);
            return;
        }
        if (_now >= subscriber.Deadline)
        {
            End(subscriber, DisconnectReason.TokenExpired);
            return;
        }
        // What is revoked after this is swept after this.
        if (subscriber.Owner is { IsRevoked: true })
        {
            End(subscriber, DisconnectReason.Revoked);
            return;
        }
        subscriber.LastActivity = _now;
        Greet(subscriber);
        if (subscriber.State == SubscriberState.Gone) return;
        if (subscriber.Cursor >= _position)
        {
            subscriber.State = SubscriberState.Live;
            FlushLive(subscriber);
            EndIfAnswered(subscriber);
        }
        else
        {
            FallBehind(subscriber, subscriber.Cursor);
        }
    }

    private void Flushed(Subscriber subscriber, bool failed)
    {
        subscriber.State = SubscriberState.Behind;
        if (subscriber.Ending is { } reason) Finish(subscriber, reason, atBoundary: false);
        else if (failed) Finish(subscriber, DisconnectReason.ClientGone, atBoundary: false);
        else
        {
            subscriber.LastActivity = _now;
            // One that is always slow is hardly ever seen otherwise than with its socket full.
            if (IsOver(subscriber)) End(subscriber, DisconnectReason.Lifetime);
            else _behind.Enqueue(subscriber);
        }
    }

    private void BlockRead(Subscriber subscriber, ReplayBlock? block)
    {
        if (subscriber.State != SubscriberState.Reading) return;
        subscriber.State = SubscriberState.Behind;
        if (block is null) End(subscriber, DisconnectReason.LogUnreadable);
        else Step(subscriber, block);
    }

    private void Report(StreamCensus census) => census.Done(_subscribers, NextOf, ReportOf);

    private StreamReport ReportOf(Subscriber subscriber) => new(_settings.Time.GetElapsedTime(subscriber.OpenedAt), subscriber.State, subscriber.Matchers, NextOf(subscriber));

    // The cursor of one that is live lags behind what it has seen.
    private long NextOf(Subscriber subscriber) => subscriber.State == SubscriberState.Live ? Math.Max(subscriber.Cursor, _position) : subscriber.Cursor;

    /// <summary>Keeps idle streams alive and ends those that accept nothing; one scan a second costs less than a timer each.</summary>
    private void Tick()
    {
        for (var i = _subscribers.Count - 1; i >= 0; i--)
        {
            var subscriber = _subscribers[i];
            if (_now >= subscriber.Deadline)
            {
                End(subscriber, DisconnectReason.TokenExpired);
                continue;
            }
            if (subscriber.Owner is { IsRevoked: true })
            {
                End(subscriber, DisconnectReason.Revoked);
                continue;
            }
            if (IsOver(subscriber))
            {
                End(subscriber, DisconnectReason.Lifetime);
                continue;
            }
            EndIfAnswered(subscriber);
            var idle = _settings.Time.GetElapsedTime(subscriber.LastActivity, _now);
            switch (subscriber.State)
            {
                case SubscriberState.Parked when idle >= _settings.WriteTimeout:
                    End(subscriber, DisconnectReason.WriteTimeout);
                    break;
                case SubscriberState.Live when idle >= _settings.Heartbeat:
                    Beat(subscriber, Math.Max(_position, subscriber.Cursor));
                    break;
                case SubscriberState.Reading when idle >= _settings.Heartbeat && subscriber.Written == 0:
                    Beat(subscriber, next: null);
                    break;
            }
        }
    }
}

/// <summary>What all pumps of a hub share.</summary>
internal sealed record PumpSettings(EventIds Ids, TimeSpan Heartbeat, TimeSpan WriteTimeout, TimeProvider Time, FonteMetrics Metrics)
{
    /// <summary>How many bytes of topics a pump keeps with the patterns that match them.</summary>
    internal long PatternCacheBytes { get; init; } = long.MaxValue;

    /// <summary>How many streams a pump ends each time it is told to drain.</summary>
    internal int DrainedAtOnce { get; init; } = int.MaxValue;
}
