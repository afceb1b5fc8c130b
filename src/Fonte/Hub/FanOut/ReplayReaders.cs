using System.Threading.Channels;

namespace Fonte;

/// <summary>A few readers that fetch from the log for all subscribers that are further behind than memory reaches.</summary>
/// <remarks>Served in the order of asking, a block at a time; a subscriber has at most one request, so the queue cannot grow beyond them.</remarks>
internal sealed class ReplayReaders : IAsyncDisposable
{
    // About twice what a subscriber's pipe takes before it is parked: larger blocks were read up to eight times over.
    private const int BlockEvents = 1024;
    private const int BlockBytes = 128 * 1024;
    private const int Readers = 2;

    private readonly IEventLog _log;
    private readonly EventIds _ids;
    private readonly HubServices _services;
    private readonly ReplayCache _cache;
    private readonly Channel<(Subscriber Subscriber, long From, Pump Pump)> _requests = Channel.CreateUnbounded<(Subscriber, long, Pump)>();
    private readonly Task _running;

    internal ReplayReaders(IEventLog log, EventIds ids, long cacheBytes, HubServices services)
    {
        (_log, _ids, _services, _cache) = (log, ids, services, new(cacheBytes));
        _running = Task.WhenAll(Enumerable.Range(0, Readers).Select(reader => Task.Run(() =>
            SupervisedLoop.RunAsync($"reader-{reader}", ReadLoopAsync, services.Loops, CancellationToken.None))));
    }

    /// <summary>Asks for the block in which an offset lies; the pump is told when it is there.</summary>
    internal void Request(Subscriber subscriber, long from, Pump pump) => _requests.Writer.TryWrite((subscriber, from, pump));

    /// <summary>Forgets what was read. Thread-safe.</summary>
    internal void Forget() => _cache.Clear();

    public async ValueTask DisposeAsync()
    {
        _requests.Writer.TryComplete();
        await _running.ConfigureAwait(false);
    }

    private async Task ReadLoopAsync(Action healthy)
    {
        await foreach (var (subscriber, from, pump) in _requests.Reader.ReadAllAsync().ConfigureAwait(false))
        {
            if (subscriber.State == SubscriberState.Gone) continue;
            try
            {
                pump.Post(PumpMessage.BlockRead(subscriber, _cache.Find(subscriber.Topics, from) ?? Read(subscriber.Topics, from)));
            }
            catch (LogDamagedException exception) when (exception.Offset is { } damaged)
            {
                // Nothing mends it; so it is passed over, and who passes is told.
                pump.Post(PumpMessage.BlockRead(subscriber, new(subscriber.Topics, damaged + 1, damaged + 1, []) { Gap = GapReason.Damaged }));
                _services.EventDamaged(exception);
            }
            catch (Exception exception)
            {
                // The next request may be for a sound part of the log; this subscriber is disconnected and asks again.
                pump.Post(PumpMessage.BlockRead(subscriber, null));
                _services.LogUnreadable(exception);
            }
            healthy();
        }
    }

    private ReplayBlock Read(TopicSelection topics, long from)
    {
        var version = _cache.Version;
        var slice = _log.Read(topics, from, BlockEvents, BlockBytes);
        var frames = new EventFrame[slice.Events.Count];
        for (var i = 0; i < frames.Length; i++) frames[i] = new(slice.Events[i], _ids);
        // After the read: what was dropped before it has left its mark by now.
        var block = new ReplayBlock(topics, slice.From, slice.Next, frames) { Truncations = _log.Truncations, TruncatedTo = _log.TruncatedTo(topics) };
        if (block.Frames.Length > 0 && block.Covers(topics, from)) _cache.Add(block, version);
        return block;
    }
}
