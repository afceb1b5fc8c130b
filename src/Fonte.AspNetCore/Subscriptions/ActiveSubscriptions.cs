using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Fonte.AspNetCore;

/// <summary>The subscriptions of all open event streams, and the events that tell of them (Mercure draft -08, "Active Subscriptions"). Thread-safe.</summary>
/// <remarks>
/// A subscription is listed before the event of its beginning is appended, and taken off before that of its end: who reads the list and then the events from the last one before
/// misses nothing. The events have the collection as an alternate topic, which those who may read the collection may read too, and by which they are found after a crash.
/// </remarks>
internal sealed partial class ActiveSubscriptions(string collection, TimeProvider time, ILogger logger) : IAsyncDisposable
{
    /// <summary>The topic of the collection, and its address.</summary>
    internal string Collection { get; } = collection;

    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(2);
    private readonly TopicSelection _events = new([TopicMatcher.Exact(collection)]);
    private readonly ConcurrentDictionary<string, ActiveSubscriber> _subscribers = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<Task, byte> _telling = new();
    private IEventLog? _log;
    private OtherSubscriptions? _others;
    private long _doubts = 1;
    private bool _isTold = true;

    /// <summary>All subscriptions, at whatever hub of the log.</summary>
    internal IEnumerable<ActiveSubscription> All => Here.Concat(_others?.All ?? []);

    /// <summary>Those at this hub.</summary>
    internal IEnumerable<ActiveSubscription> Here => _subscribers.Values.SelectMany(subscriber => subscriber.Subscriptions);

    /// <summary>Changes when the log may say something else of this hub than what is so. Not 0: before the start something may have been told by a hub of this name.</summary>
    internal long Doubts => Interlocked.Read(ref _doubts);

    /// <summary>The subscriptions of one connection; none when it is not open.</summary>
    internal IEnumerable<ActiveSubscription> Of(string subscriber) =>
        _subscribers.TryGetValue(subscriber, out var found) ? found.Subscriptions : (_others?.All ?? []).Where(other => other.Subscriber == subscriber);

    /// <summary>A name for a connection.</summary>
    internal string NewSubscriber() => _others?.NewSubscriber() ?? $"urn:uuid:{Guid.NewGuid()}";

    /// <summary>Begins to tell, and ends by events what was left without an end when the hub last stopped.</summary>
    internal void Start(IEventLog log)
    {
        _log = log;
        if (log is ReplicatedEventLog shared) _others = new(shared, this, time, logger);
        else Track(Task.Run(() => EndFormerAsync(log, log.NextOffset)));
    }

    /// <summary>Waits, not for long, until what has ended is told.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_others is not null) await _others.DisposeAsync().ConfigureAwait(false);
        try
        {
            await Task.WhenAll(_telling.Keys).WaitAsync(LongestWait).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // It is told at the next start.
        }
    }

    internal Task BeginAsync(ActiveSubscriber subscriber)
    {
        _subscribers[subscriber.Id] = subscriber;
        return Track(TellAsync(subscriber, active: true));
    }

    internal Task EndAsync(ActiveSubscriber subscriber, Task begun)
    {
        _subscribers.TryRemove(subscriber.Id, out _);
        return Track(AfterAsync());

        async Task AfterAsync()
        {
            await begun.ConfigureAwait(false);
            await TellAsync(subscriber, active: false).ConfigureAwait(false);
        }
    }

    /// <summary>Whether the connection is to this hub and open.</summary>
    internal bool IsHere(string subscriber) => _subscribers.ContainsKey(subscriber);

    /// <summary>Says that the log may say something else of this hub than what is so.</summary>
    internal void Doubt() => Interlocked.Increment(ref _doubts);

    /// <summary>Tells once more of a connection's beginning, unless it has ended.</summary>
    internal void TellAgain(string subscriber)
    {
        if (_subscribers.TryGetValue(subscriber, out var found)) found.TellAgain();
    }

    internal Task TellAgainAsync(ActiveSubscriber subscriber, Task before)
    {
        return Track(AfterAsync());

        async Task AfterAsync()
        {
            await before.ConfigureAwait(false);
            if (_subscribers.ContainsKey(subscriber.Id)) await TellAsync(subscriber, active: true).ConfigureAwait(false);
        }
    }

    private Task Track(Task telling)
    {
        if (telling.IsCompleted) return telling;
        _telling[telling] = 0;
        return telling.ContinueWith(static (done, state) => ((ConcurrentDictionary<Task, byte>)state!).TryRemove(done, out _), _telling, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    private Task TellAsync(ActiveSubscriber subscriber, bool active) =>
        AppendAsync([.. subscriber.Subscriptions.Select(subscription => subscription.Is0x
            ? Draft(subscription.Topic, null, JsonLdSubscription.Write(subscription, active))
            : Draft(subscription.Topic, EventRules.HubType, SubscriptionDocument.Write(subscription, active)))]);

    private async Task AppendAsync(IReadOnlyList<EventDraft> drafts)
    {
        var result = await _log!.AppendAsync(new() { Events = drafts }, CancellationToken.None).ConfigureAwait(false);
        var isTold = result.Outcome is AppendOutcome.Appended or AppendOutcome.AlreadyAppended;
        if (!isTold) Doubt();
        // Once, until it goes well again: there may be thousands.
        if (Interlocked.Exchange(ref _isTold, isTold) && !isTold) Log.NotTold(logger, result.Outcome);
    }

    private EventDraft Draft(string topic, string? type, ReadOnlyMemory<byte> document) => new() { Topics = [topic, Collection], Data = document, Type = type, Private = true };

    private async Task EndFormerAsync(IEventLog log, long end)
    {
        try
        {
            var former = new Dictionary<string, LoggedEvent>(StringComparer.Ordinal);
            for (var from = log.OldestOffset; from < end;)
            {
                var slice = log.Read(_events, from, maxEvents: 4096, maxBytes: 4 * 1024 * 1024);
                foreach (var logged in slice.Events)
                {
                    if (logged.Offset >= end) break;
                    // While the hub was mapped elsewhere publishers may have used this topic.
                    if (!logged.Private || logged.Type is not (EventRules.HubType or null) || SubscriptionDocument.IsActive(logged.Data) is not { } active) continue;
                    if (active) former[logged.Topics[0]] = logged;
                    else former.Remove(logged.Topics[0]);
                }
                from = slice.Next;
            }
            foreach (var some in former.Values.Chunk(1000))
                await AppendAsync([.. some.Select(logged => Draft(logged.Topics[0], logged.Type, SubscriptionDocument.Ended(logged.Data)))]).ConfigureAwait(false);
            if (former.Count > 0) Log.EndedFormer(logger, former.Count);
        }
        catch (LogDamagedException exception)
        {
            Log.FormerUnreadable(logger, exception);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(44, LogLevel.Warning, "The beginnings and ends of subscriptions cannot be told: {Outcome}")]
        internal static partial void NotTold(ILogger logger, AppendOutcome outcome);

        [LoggerMessage(45, LogLevel.Information, "{Count} subscriptions that were open when the hub last stopped are ended")]
        internal static partial void EndedFormer(ILogger logger, int count);

        [LoggerMessage(46, LogLevel.Error, "The subscriptions that were open when the hub last stopped cannot be read; their ends are not told")]
        internal static partial void FormerUnreadable(ILogger logger, Exception cause);
    }
}
