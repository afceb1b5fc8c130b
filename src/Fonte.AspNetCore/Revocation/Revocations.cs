using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Fonte.AspNetCore;

/// <summary>What is revoked. Kept in the log, as private events of a topic of the hub's own, and here for as long as it can matter. Thread-safe.</summary>
/// <remarks>
/// A record that nears the end of what the log keeps is written again, so that retention takes none away that still counts: looked at every minute, and once it is in the older half
/// of a log that has begun to drop events.
/// </remarks>
internal sealed partial class Revocations : IAsyncDisposable
{
    /// <summary>Most revocations at a time: what is held takes some hundred bytes each, and must not be forgotten to make room.</summary>
    internal const int Most = 100_000;

    /// <summary>The topic of the records. The same wherever the hub is mapped: a hub that moves must not forget.</summary>
    internal const string Topic = EventRules.HubIdPrefix + "revocations";

    private const int BatchEvents = 1000;
    private const int BatchBytes = 4 * 1024 * 1024;
    private static readonly TimeSpan RenewalInterval = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan ReadingInterval = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<(string Issuer, bool IsToken, string Text), Held> _held = new();
    private readonly IEventLog _log;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly ITimer _renewals;
    private readonly ITimer? _readings;
    private readonly Lock _reading = new();
    private long _readTo;
    private Task _renewing = Task.CompletedTask;
    private long _version;

    /// <param name="log">The hub's log.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Is told of what fails.</param>
    /// <exception cref="LogUnavailableException">The records cannot be read. A hub that does not know what is revoked must not start.</exception>
    internal Revocations(IEventLog log, TimeProvider time, ILogger logger)
    {
        (_log, _time, _logger) = (log, time, logger);
        Load();
        _renewals = time.CreateTimer(_ => Renew(), null, RenewalInterval, RenewalInterval);
        // What other hubs revoke.
        if (log is ReplicatedEventLog) _readings = time.CreateTimer(_ => ReadMore(), null, ReadingInterval, ReadingInterval);
    }

    /// <summary>How many are held.</summary>
    internal int Count => _held.Count;

    /// <summary>Changes after each revocation: until then the answer about a token stays what it was.</summary>
    internal long Version => Volatile.Read(ref _version);

    /// <summary>Whether the token counts no longer.</summary>
    internal bool Includes(AccessToken token) => !_held.IsEmpty && (Includes(token, isToken: true, token.TokenId) || Includes(token, isToken: false, token.Subject));

    /// <summary>Revokes, as soon as it is durable.</summary>
    internal async Task<RevocationOutcome> AddAsync(Revocation revocation, CancellationToken cancellationToken)
    {
        if (_held.Count >= Most && !_held.ContainsKey(revocation.Key))
        {
            ForgetExpired();
            if (_held.Count >= Most) return RevocationOutcome.Full;
        }
        var result = await _log.AppendAsync(new() { Events = [Draft(revocation)] }, cancellationToken).ConfigureAwait(false);
        if (result.Outcome is AppendOutcome.Overloaded or AppendOutcome.Unavailable) return RevocationOutcome.Unavailable;
        var isDurable = result.Outcome is AppendOutcome.Appended or AppendOutcome.AlreadyAppended;
        Hold(revocation, isDurable ? result.Offset : 0);
        return isDurable ? RevocationOutcome.Revoked : RevocationOutcome.OutcomeUnknown;
    }

    /// <summary>Waits until what is being written again is written.</summary>
    public async ValueTask DisposeAsync()
    {
        await _renewals.DisposeAsync().ConfigureAwait(false);
        if (_readings is not null) await _readings.DisposeAsync().ConfigureAwait(false);
        await Volatile.Read(ref _renewing).ConfigureAwait(false);
    }

    private bool Includes(AccessToken token, bool isToken, string text)
    {
        if (text.Length == 0) return false;
        foreach (var issuer in token.Issuers)
        {
            if (_held.TryGetValue((issuer, isToken, text), out var held) && held.Revocation.Concerns(token.IssuedAt)) return true;
        }
        return false;
    }

    // Of two of the same subject the later says more; and which of them is forgotten last.
    private void Hold(Revocation revocation, long offset)
    {
        _held.AddOrUpdate(
            revocation.Key,
            static (_, added) => added,
            static (_, held, added) => new(
                held.Revocation with
                {
                    At = held.Revocation.At > added.Revocation.At ? held.Revocation.At : added.Revocation.At,
                    Expires = held.Revocation.Expires is { } one && added.Revocation.Expires is { } other ? (one > other ? one : other) : null,
                },
                added.Offset),
            new Held(revocation, offset));
        Interlocked.Increment(ref _version);
    }

    private static EventDraft Draft(Revocation revocation) => new() { Topics = [Topic], Data = revocation.Write(), Type = EventRules.HubType, Private = true };

    private void Load()
    {
        try
        {
            var topics = new TopicSelection([TopicMatcher.Exact(Topic)]);
            for (_readTo = Math.Max(_readTo, _log.OldestOffset); _readTo < _log.NextOffset;)
            {
                var slice = _log.Read(topics, _readTo, BatchEvents, BatchBytes);
                // Nobody else may publish with this type; a log that others have written is no log of ours.
                foreach (var logged in slice.Events.Where(logged => logged is { Type: EventRules.HubType, Private: true })) Hold(Revocation.Read(logged.Data), logged.Offset);
                _readTo = slice.Next;
            }
        }
        catch (Exception exception) when (exception is LogDamagedException or FormatException)
        {
            throw new LogUnavailableException($"What is revoked cannot be read from the log's topic {Topic}: {exception.Message} See 'fonte log verify'; erase that topic only if nothing needs to stay revoked.", exception);
        }
        ForgetExpired();
    }

    /// <summary>Takes what other hubs have revoked, as far as it is here.</summary>
    internal void ReadMore()
    {
        lock (_reading)
        {
            try
            {
                Load();
            }
            catch (LogUnavailableException exception)
            {
                Log.Unreadable(_logger, exception);
                // The rest counts all the same.
                if (exception.InnerException is LogDamagedException { Offset: { } damaged }) _readTo = damaged + 1;
            }
        }
    }

    private void ForgetExpired()
    {
        var now = _time.GetUtcNow();
        foreach (var pair in _held)
        {
            if (pair.Value.Revocation.Expires <= now) _held.TryRemove(pair);
        }
    }

    private void Renew()
    {
        if (Volatile.Read(ref _renewing).IsCompleted) Volatile.Write(ref _renewing, RenewAsync());
    }

    private async Task RenewAsync()
    {
        try
        {
            ForgetExpired();
            if (_log.OldestOffset <= 1) return;
            var middle = _log.OldestOffset + ((_log.NextOffset - _log.OldestOffset) / 2);
            foreach (var some in _held.Values.Where(held => held.Offset < middle).Chunk(BatchEvents))
            {
                var result = await _log.AppendAsync(new() { Events = [.. some.Select(held => Draft(held.Revocation))] }, CancellationToken.None).ConfigureAwait(false);
                if (result.Outcome != AppendOutcome.Appended)
                {
                    Log.NotRenewed(_logger, result.Outcome);
                    return;
                }
                for (var i = 0; i < some.Length; i++) Hold(some[i].Revocation, result.At(i));
            }
        }
        catch (Exception exception)
        {
            Log.RenewalFailed(_logger, exception);
        }
    }

    private sealed record Held(Revocation Revocation, long Offset);

    private static partial class Log
    {
        [LoggerMessage(51, LogLevel.Warning, "Revocations could not be written again before the log drops them: {Outcome}; tried again in a minute")]
        internal static partial void NotRenewed(ILogger logger, AppendOutcome outcome);

        [LoggerMessage(53, LogLevel.Error, "A revocation by another hub cannot be read and does not count here; erase the copy of the log, so that it is made anew")]
        internal static partial void Unreadable(ILogger logger, Exception cause);

        [LoggerMessage(52, LogLevel.Error, "Revocations could not be written again before the log drops them; tried again in a minute")]
        internal static partial void RenewalFailed(ILogger logger, Exception cause);
    }
}
