using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Fonte.AspNetCore;

/// <summary>The subscriptions of the streams at the other hubs of a shared log, as its events tell of them; those of a hub that is gone are ended here. Thread-safe.</summary>
/// <remarks>
/// All hubs that are left end them, each under the same idempotency key, so that one of the events counts. A hub that was only cut off finds the ends of what is open at it, and tells of it again.
/// What it could not tell while the broker was away it finds by comparing what is open here with what the log says.
/// </remarks>
internal sealed partial class OtherSubscriptions : IAsyncDisposable
{
    private const int BatchEvents = 4096;
    private const int BatchBytes = 4 * 1024 * 1024;
    private const int EndedAtOnce = 64;
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    // For so long what is told may be on its way.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    // As the log says, of this hub too.
    private readonly ConcurrentDictionary<string, Told> _open = new(StringComparer.Ordinal);
    private readonly ReplicatedEventLog _log;
    private readonly ActiveSubscriptions _own;
    private readonly TopicSelection _events;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Lock _reading = new();
    private readonly Lock _looking = new();
    private readonly ITimer _timer;
    private Dictionary<string, long> _differences = [];
    private long _compared;
    private long _readTo;
    private Task _ending = Task.CompletedTask;

    /// <param name="log">The log.</param>
    /// <param name="own">The subscriptions at this hub.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Is told of what fails.</param>
    internal OtherSubscriptions(ReplicatedEventLog log, ActiveSubscriptions own, TimeProvider time, ILogger logger)
    {
        (_log, _own, _time, _logger) = (log, own, time, logger);
        _events = new([TopicMatcher.Exact(own.Collection)]);
        _timer = time.CreateTimer(_ => Look(), null, TimeSpan.Zero, Interval);
    }

    /// <summary>All of them, as of what is in the log now.</summary>
    internal IEnumerable<ActiveSubscription> All
    {
        get
        {
            Read();
            return _open.Values.Where(told => !IsOwn(told.Subscription)).Select(told => told.Subscription);
        }
    }

    /// <summary>A name for a connection to this hub: random, and the hub's own tag at its end (a UUID of version 8, RFC 9562, section 5.8).</summary>
    internal string NewSubscriber()
    {
        var random = $"{Guid.NewGuid()}";
        return $"urn:uuid:{random[..14]}8{random[15..^SignsOfLife.TagLength]}{_log.Tag}";
    }

    public async ValueTask DisposeAsync()
    {
        await _timer.DisposeAsync().ConfigureAwait(false);
        await Volatile.Read(ref _ending).ConfigureAwait(false);
    }

    private void Look()
    {
        // One at a time; another comes in a second.
        if (!_looking.TryEnter()) return;
        try
        {
            Read();
            var unended = Compare();
            if (Volatile.Read(ref _ending).IsCompleted) Volatile.Write(ref _ending, EndAsync(unended));
        }
        catch (Exception exception)
        {
            Log.Failed(_logger, exception);
        }
        finally
        {
            _looking.Exit();
        }
    }

    private void Read()
    {
        lock (_reading)
        {
            for (_readTo = Math.Max(_readTo, _log.OldestOffset); _readTo < _log.NextOffset;)
            {
                try
                {
                    var slice = _log.Read(_events, _readTo, BatchEvents, BatchBytes);
                    foreach (var logged in slice.Events) Take(logged);
                    _readTo = slice.Next;
                }
                catch (LogDamagedException exception) when (exception.Offset is { } damaged)
                {
                    // Whatever it said is found by comparing, or its hub says it again.
                    Log.Failed(_logger, exception);
                    _readTo = damaged + 1;
                }
            }
        }
    }

    private void Take(LoggedEvent logged)
    {
        // While the hub was mapped elsewhere publishers may have used this topic.
        if (!logged.Private || SubscriptionDocument.Read(logged, _own.Collection) is not { } read) return;
        if (read.IsActive)
        {
            _open[read.Subscription.Topic] = new(read.Subscription, logged);
        }
        else
        {
            _open.TryRemove(read.Subscription.Topic, out _);
            // Told by another hub, which took this one for gone.
            if (IsOwn(read.Subscription) && _own.IsHere(read.Subscription.Subscriber)) _own.Doubt();
        }
    }

    // What the log says of this hub against what is so, if that may differ. Tells again of what is open; returns what is not.
    private List<Told> Compare()
    {
        var doubts = _own.Doubts;
        if (doubts == _compared) return [];
        var now = _time.GetTimestamp();
        var differences = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var subscriber in _own.Here.Where(here => !_open.ContainsKey(here.Topic) && IsDue(here.Topic)).Select(here => here.Subscriber).ToHashSet(StringComparer.Ordinal)) _own.TellAgain(subscriber);
        var unended = _open.Values.Where(told => IsOwn(told.Subscription) && !_own.IsHere(told.Subscription.Subscriber) && IsDue(told.Subscription.Topic)).ToList();
        _differences = differences;
        if (differences.Count == 0) _compared = doubts;
        return unended;

        bool IsDue(string topic)
        {
            var since = _differences.GetValueOrDefault(topic, now);
            var isDue = _time.GetElapsedTime(since, now) >= Patience;
            differences[topic] = isDue ? now : since;
            return isDue;
        }
    }

    private async Task EndAsync(List<Told> unended)
    {
        try
        {
            var ended = 0;
            foreach (var some in _open.Values.Where(told => !IsOwn(told.Subscription) && _log.IsGone(HubOf(told.Subscription.Subscriber))).Concat(unended).Chunk(EndedAtOnce))
            {
                var done = (await Task.WhenAll(some.Select(EndAsync)).ConfigureAwait(false)).Count(done => done);
                ended += done;
                // Tried again in a second.
                if (done < some.Length) break;
            }
            if (ended > 0) Log.Ended(_logger, ended);
        }
        catch (Exception exception)
        {
            Log.Failed(_logger, exception);
        }
    }

    private async Task<bool> EndAsync(Told told)
    {
        // With the place of its beginning: it may be ended again when it has been told of again. No publisher's key has such a character.
        var key = new IdempotencyKey($"\u0001{told.Beginning.Offset}");
        var end = new EventDraft { Topics = told.Beginning.Topics, Type = told.Beginning.Type, Private = true, Data = SubscriptionDocument.Ended(told.Beginning.Data) };
        var result = await _log.AppendAsync(new() { Events = [end], IdempotencyKey = key }, CancellationToken.None).ConfigureAwait(false);
        return result.Outcome is AppendOutcome.Appended or AppendOutcome.AlreadyAppended;
    }

    private bool IsOwn(ActiveSubscription subscription) => HubOf(subscription.Subscriber) == _log.Tag;

    // Which hub a connection is at; an empty text for a name that tells of none.
    private static string HubOf(string subscriber) => subscriber.Length > SignsOfLife.TagLength ? subscriber[^SignsOfLife.TagLength..] : "";

    /// <summary>A subscription that is open.</summary>
    /// <param name="Subscription">The subscription.</param>
    /// <param name="Beginning">The event of its beginning.</param>
    private sealed record Told(ActiveSubscription Subscription, LoggedEvent Beginning);

    private static partial class Log
    {
        [LoggerMessage(48, LogLevel.Information, "{Count} subscriptions at hubs that are gone, or whose end could not be told, are ended")]
        internal static partial void Ended(ILogger logger, int count);

        [LoggerMessage(49, LogLevel.Error, "The subscriptions at other hubs cannot be followed in full; gone on with in a second")]
        internal static partial void Failed(ILogger logger, Exception cause);
    }
}
