using System.Runtime.CompilerServices;

namespace Fonte.Client;

/// <summary>Subscribes to and publishes on one hub that speaks the Mercure protocol.</summary>
/// <remarks>
/// Safe for threads: any number of subscriptions and publications may go on at once. It holds nothing to dispose; the
/// <see cref="HttpClient"/> stays the caller's, and so do its authorization, proxy and certificates.
/// Each subscription occupies one connection.
/// </remarks>
public sealed class FonteClient
{
    private readonly HttpClient _http;
    private readonly FonteClientOptions _options;
    private readonly Lock _randomLock = new();
    private readonly AccessTokens? _tokens;

    /// <summary>Creates a client of one hub; nothing is sent yet.</summary>
    /// <param name="http">
    /// What sends the requests. Its <see cref="HttpClient.Timeout"/> bounds the wait for a response's headers, not the event stream.
    /// </param>
    /// <param name="options">The hub's address, the client's patience and its limits.</param>
    /// <exception cref="ArgumentException">One or more options are wrong; the message names them all.</exception>
    public FonteClient(HttpClient http, FonteClientOptions options)
    {
        ArgumentNullException.ThrowIfNull(http);
        ArgumentNullException.ThrowIfNull(options);
        options.ThrowIfInvalid();
        _http = http;
        _options = options;
        _tokens = options.AccessToken is { } ask ? new(ask, options.TimeProvider) : null;
    }

    /// <summary>Gives the events of the topics in the hub's order, reconnecting by itself and resuming after the last event ID.</summary>
    /// <param name="request">The topics, and where to start.</param>
    /// <param name="cancellationToken">Ends the subscription.</param>
    /// <returns>The events, without end; each enumeration is a subscription of its own that starts where the request says.</returns>
    /// <remarks>
    /// <para>
    /// Order: no gap, no duplicate, no reorder, also across reconnections, as long as the hub retains the position. Where it does not, the
    /// hub tells so with an event whose <see cref="ReceivedEvent.IsGap"/> is true. The cursor moves only with whole blocks, with or
    /// without data: an event cut in its middle is asked for again. What a consumer has not yet asked for is not read from the socket
    /// beyond small buffers, so a slow consumer costs no memory.
    /// </para>
    /// <para>
    /// It ends by itself only when the hub answers 204 (WHATWG HTML, 9.2.1). When the stream ends or breaks, brings nothing for
    /// <see cref="FonteClientOptions.IdleTimeout"/>, cannot be opened, or is answered 408, 429 or 5xx, the client calls
    /// <see cref="FonteClientOptions.Reconnecting"/>, waits and reconnects, without limit.
    /// The wait before attempt <c>n</c> (from 1) is uniform in [base, min(<see cref="FonteClientOptions.MaximumReconnectionTime"/>, base × 2ⁿ)];
    /// base is the last <c>retry:</c> told, or else
    /// <see cref="FonteClientOptions.MinimumReconnectionTime"/>, kept between those two options. After a <c>Retry-After</c> it is no shorter than
    /// that says, at most one day. <c>n</c> starts over after a successful stream: one that told an ID, gave an event,
    /// or lasted for <see cref="FonteClientOptions.MaximumReconnectionTime"/>.
    /// A 200 that only says <c>retry:</c> and ends, as an overloaded hub does, is not one.
    /// </para>
    /// </remarks>
    /// <exception cref="ArgumentException">The request has no topic, or a text in it cannot be sent.</exception>
    /// <exception cref="FonteClientException">
    /// While enumerating: the hub refused (any other status than those above), answered with another content type than
    /// <c>text/event-stream</c>, or sent an event larger than <see cref="FonteClientOptions.MaximumEventSize"/>.
    /// </exception>
    /// <exception cref="OperationCanceledException">While enumerating: <paramref name="cancellationToken"/> was cancelled.</exception>
    public IAsyncEnumerable<ReceivedEvent> SubscribeAsync(SubscribeRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        request.ThrowIfInvalid(nameof(request));
        return EnumerateAsync(request, cancellationToken);
    }

    /// <summary>Publishes one event and gives its event ID.</summary>
    /// <param name="outgoing">The event.</param>
    /// <param name="cancellationToken">Gives up; the event may have been published all the same.</param>
    /// <returns>The event ID; on a Fonte hub the event is then durable.</returns>
    /// <remarks>
    /// Tried once, unless <see cref="FonteClientOptions.PublishRetryTime"/> says otherwise: when the response is lost, the event may have been published, and a second attempt would publish it
    /// twice, unless both carry the same <see cref="OutgoingEvent.IdempotencyKey"/>. The caller decides, by
    /// <see cref="FonteClientException.NothingWasSent"/> (a second attempt is safe), <see cref="FonteClientException.StatusCode"/> (null: unknown) and <see cref="FonteClientException.RetryAfter"/>.
    /// </remarks>
    /// <exception cref="ArgumentException">The event has no topic, a negative reconnection time, ill-formed text, or a key that cannot be sent.</exception>
    /// <exception cref="FonteClientException">The hub refused the event, could not be reached, or gave no event ID.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    public async Task<string> PublishAsync(OutgoingEvent outgoing, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(outgoing);
        if (outgoing.IdempotencyKey is { } key)
            IdempotencyKeyField.ThrowIfInvalid(key, nameof(outgoing));
        if (_options.PublishRetryTime == TimeSpan.Zero)
            return await SendAsync(outgoing.IdempotencyKey).ConfigureAwait(false);
        return await PublishRetries.SendAsync(SendAsync, outgoing, _options, _randomLock, cancellationToken).ConfigureAwait(false);

        Task<string> SendAsync(string? name) => Publication.SendAsync(_http, _options, _tokens, outgoing, name, cancellationToken);
    }

    /// <summary>Publishes many events, some of them at a time, and tells what became of each.</summary>
    /// <param name="outgoing">The events; read as they are needed.</param>
    /// <param name="window">How many may be on their way at a time, from 1. With 1 the hub has them in this order; with more it may have neighbours in another.</param>
    /// <param name="cancellationToken">Gives up; those on their way may have been published all the same.</param>
    /// <returns>One for each event, in the order in which they were given, as soon as it is known. Who stops reading stops publishing.</returns>
    /// <remarks>One event that is refused does not keep the others from being published. For many events that belong together, all or none, a Fonte hub takes batches of CloudEvents.</remarks>
    /// <exception cref="ArgumentOutOfRangeException">The window is less than 1.</exception>
    /// <exception cref="ArgumentException">While enumerating: an event cannot be sent, as with <see cref="PublishAsync"/>.</exception>
    /// <exception cref="OperationCanceledException">While enumerating: <paramref name="cancellationToken"/> was cancelled.</exception>
    public IAsyncEnumerable<Published> PublishManyAsync(IAsyncEnumerable<OutgoingEvent> outgoing, int window = 32, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(outgoing);
        ArgumentOutOfRangeException.ThrowIfLessThan(window, 1);
        return EnumeratePublishedAsync(outgoing, window, cancellationToken);
    }

    /// <summary>Ends event streams at a Fonte hub; their subscribers may reconnect.</summary>
    /// <param name="whose">Exactly one of subject, token and subscriber.</param>
    /// <param name="cancellationToken">Gives up; the streams may have been ended all the same.</param>
    /// <returns>How many streams were ended.</returns>
    /// <exception cref="FonteClientException">The hub refused, could not be reached, or is no Fonte hub.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    public Task<int> KickAsync(StreamSelector whose, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(whose);
        return ControlCall.SendAsync(_http, _options, _tokens, "kicks", whose, expires: null, cancellationToken);
    }

    /// <summary>Has a Fonte hub refuse a token, or every token that a subject has been issued up to now; and end the streams that were opened with them.</summary>
    /// <param name="which">A subject or a token.</param>
    /// <param name="expires">When all these tokens will have ended by themselves, so that the hub may forget it; null, the default, for never.</param>
    /// <param name="cancellationToken">Gives up; the tokens may have been revoked all the same.</param>
    /// <returns>How many streams were ended. The revocation is durable then.</returns>
    /// <exception cref="FonteClientException">The hub refused, could not be reached, or is no Fonte hub.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    public Task<int> RevokeAsync(StreamSelector which, DateTimeOffset? expires = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(which);
        return ControlCall.SendAsync(_http, _options, _tokens, "revocations", which, expires, cancellationToken);
    }

    private async IAsyncEnumerable<Published> EnumeratePublishedAsync(
        IAsyncEnumerable<OutgoingEvent> outgoing, int window, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var onTheirWay = new Queue<Task<Published>>(window);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            await foreach (var each in outgoing.WithCancellation(cancellationToken).ConfigureAwait(false))
            {
                if (onTheirWay.Count == window)
                    yield return await onTheirWay.Dequeue().ConfigureAwait(false);
                onTheirWay.Enqueue(PublishOneAsync(each, stop.Token));
                while (onTheirWay.TryPeek(out var first) && first.IsCompleted)
                    yield return await onTheirWay.Dequeue().ConfigureAwait(false);
            }

            while (onTheirWay.TryDequeue(out var last))
                yield return await last.ConfigureAwait(false);
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            foreach (var left in onTheirWay)
                await ((Task)left).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<Published> PublishOneAsync(OutgoingEvent outgoing, CancellationToken cancellationToken)
    {
        try
        {
            return new(outgoing, await PublishAsync(outgoing, cancellationToken).ConfigureAwait(false), null);
        }
        catch (FonteClientException exception)
        {
            return new(outgoing, null, exception);
        }
    }

    private async IAsyncEnumerable<ReceivedEvent> EnumerateAsync(
        SubscribeRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var lastEventId = request.LastEventId ?? "";
        var wait = new ReconnectionWait(_options, _randomLock);
        var wasRefused = false;
        while (true)
        {
            var opening = await EventStreamOpening.TryAsync(_http, _options, _tokens, request, lastEventId, wasRefused, cancellationToken).ConfigureAwait(false);
            wasRefused = opening.WasRefused;
            // A token that counts no longer is replaced without a wait, once.
            if (wasRefused)
                continue;
            if (opening.Stopped)
                yield break;
            var reason = opening.Reason;
            if (opening.Stream is { } stream)
            {
                await using (stream.ConfigureAwait(false))
                {
                    while (await stream.ReadAsync().ConfigureAwait(false) is { } received)
                        yield return received;
                    lastEventId = stream.LastEventId;
                    reason = stream.EndReason;
                    if (stream.ReconnectionTime is { } reconnectionTime)
                        wait.SetReconnectionTime(reconnectionTime);
                    if (stream.IsSuccessful)
                        wait.Reset();
                }
            }

            var delay = wait.Next(opening.RetryAfter);
            _options.Reconnecting?.Invoke(new Reconnection(wait.Attempt, delay, lastEventId, reason));
            await Task.Delay(delay, _options.TimeProvider, cancellationToken).ConfigureAwait(false);
        }
    }
}
