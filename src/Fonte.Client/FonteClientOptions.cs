namespace Fonte.Client;

/// <summary>What a <see cref="FonteClient"/> needs to know: the hub's address, its patience and its limits.</summary>
/// <remarks>The values are checked, all at once, by the constructor of <see cref="FonteClient"/>.</remarks>
public sealed class FonteClientOptions
{
    internal static readonly TimeSpan LongestWait = TimeSpan.FromDays(1);

    /// <summary>Gets the hub's absolute URL (http or https), for example <c>https://example.com/.well-known/mercure</c>.</summary>
    /// <remarks>A query in it is kept; a fragment is not sent.</remarks>
    public required Uri HubUrl { get; init; }

    /// <summary>Gets the least time to wait before reconnecting, and the reconnection time until the hub tells its own.</summary>
    /// <value>1 second by default; more than zero and at most one day.</value>
    public TimeSpan MinimumReconnectionTime { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Gets the most that consecutive failures, or a <c>retry:</c> field, can make the client wait.</summary>
    /// <value>1 minute by default; from <see cref="MinimumReconnectionTime"/> to one day.</value>
    /// <remarks>
    /// It bounds <c>retry:</c> because any publisher can set that field, for all subscribers (CWE-400).
    /// A <c>Retry-After</c> is the hub's own word and may exceed it, up to one day.
    /// </remarks>
    public TimeSpan MaximumReconnectionTime { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Gets how long an event stream may bring no byte before it is taken for dead and reconnected.</summary>
    /// <value>1 minute by default; <see cref="Timeout.InfiniteTimeSpan"/> waits for ever.</value>
    /// <remarks>
    /// Keep it well above the hub's heartbeat interval. Without it, a connection whose peer vanished unannounced is waited on for ever.
    /// It covers bodies only; waiting for a response's headers is bounded by <see cref="HttpClient.Timeout"/>.
    /// </remarks>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Gets the most bytes that one event may take in the event stream, its field names and line ends included.</summary>
    /// <value>16 MiB by default; from 1 byte to 1 GiB. Comments do not count: they are dropped as they come.</value>
    public int MaximumEventSize { get; init; } = 16 * 1024 * 1024;

    /// <summary>Gets what gives the access token of requests (RFC 6750); null, the default, leaves authorization to the <see cref="HttpClient"/>.</summary>
    /// <remarks>
    /// Asked when there is a request and no token that still counts: a JWT is kept until half a minute before its <c>exp</c>, another token is not kept. One is asked for at a time. After a 401 it is asked
    /// once more. Null sends none. What it throws fails a publication, and lets a subscription try again later.
    /// </remarks>
    public Func<CancellationToken, ValueTask<string?>>? AccessToken { get; init; }

    /// <summary>Gets for how long a publication is tried again by itself; zero, the default, tries once.</summary>
    /// <value>At most one day. No attempt is begun later than that after the first.</value>
    /// <remarks>
    /// Tried again after 408, 429 and 5xx, without an answer and without a connection, each time under the same <see cref="OutgoingEvent.IdempotencyKey"/>, which the client makes where there is none. The waits
    /// double from 0.1 to 5 seconds, with jitter, and are no shorter than <c>Retry-After</c>.
    /// </remarks>
    public TimeSpan PublishRetryTime { get; init; }

    /// <summary>Gets whether the hub publishes once what comes twice under the same key, as a Fonte hub does.</summary>
    /// <value>True by default. False, for other Mercure hubs: then only what certainly was not published is tried again.</value>
    public bool HubKnowsIdempotencyKeys { get; init; } = true;

    /// <summary>Gets the clock that waits and timeouts follow.</summary>
    /// <value><see cref="TimeProvider.System"/> by default.</value>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Gets the source of the jitter.</summary>
    /// <value>A new, randomly seeded instance by default.</value>
    /// <remarks>The client takes a lock around it, so it need not be safe for threads unless two clients share it.</remarks>
    public Random Random { get; init; } = new();

    /// <summary>Gets what is called before each wait that precedes a reconnection; by default, nothing.</summary>
    /// <remarks>
    /// Called on the subscriber's own flow, before the wait: keep it short. An exception from it ends the subscription.
    /// Use it to log, to show the connection's state, or to give up.
    /// </remarks>
    public Action<Reconnection>? Reconnecting { get; init; }

    internal void ThrowIfInvalid()
    {
        List<string> errors = [];
        if (HubUrl is not { IsAbsoluteUri: true, Scheme: "http" or "https" })
            errors.Add($"{nameof(HubUrl)} must be an absolute http or https URL.");
        if (MinimumReconnectionTime <= TimeSpan.Zero || MinimumReconnectionTime > LongestWait)
            errors.Add($"{nameof(MinimumReconnectionTime)} must be more than zero and at most one day.");
        if (MaximumReconnectionTime < MinimumReconnectionTime || MaximumReconnectionTime > LongestWait)
            errors.Add($"{nameof(MaximumReconnectionTime)} must be at least {nameof(MinimumReconnectionTime)} and at most one day.");
        if (IdleTimeout != Timeout.InfiniteTimeSpan && (IdleTimeout <= TimeSpan.Zero || IdleTimeout > LongestWait))
            errors.Add($"{nameof(IdleTimeout)} must be more than zero and at most one day, or infinite.");
        if (MaximumEventSize is < 1 or > 1024 * 1024 * 1024)
            errors.Add($"{nameof(MaximumEventSize)} must be from 1 byte to 1 GiB.");
        if (PublishRetryTime < TimeSpan.Zero || PublishRetryTime > LongestWait)
            errors.Add($"{nameof(PublishRetryTime)} must be from zero to one day.");
        if (TimeProvider is null)
            errors.Add($"{nameof(TimeProvider)} must not be null.");
        if (Random is null)
            errors.Add($"{nameof(Random)} must not be null.");
        if (errors.Count > 0)
            throw new ArgumentException(string.Join(' ', errors), "options");
    }
}
