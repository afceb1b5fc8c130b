using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace Fonte.AspNetCore;

/// <summary>Decides who may receive what, in whichever way: as an event stream, by polls or over a WebSocket.</summary>
internal sealed class StreamAdmission(FonteHost host, HubAuthorization authorization, StreamLimits limits, IOptions<FonteHttpOptions> options)
{
    /// <summary>Why nothing may be received, or <see langword="null"/>. Asked when everything is read: that may have taken longer than the token was valid.</summary>
    internal Problem? Refusal(Authorized authorized) =>
        authorized.Problem
        ?? (authorized.Token is null && !options.Value.AnonymousSubscribe ? Problems.MissingToken("subscribe") : null)
        ?? (authorized.Token is { } token && authorization.HasEnded(token) ? Problems.InvalidToken : null);

    /// <summary>What the subscriber is to get, or why it cannot be one more.</summary>
    /// <param name="context">The request.</param>
    /// <param name="token">Its access token, if it has one.</param>
    /// <param name="query">What it asks for.</param>
    /// <param name="beginning">From where.</param>
    /// <param name="form">How it is written.</param>
    /// <param name="wait">For a poll, how long it waits. It is no connection, and not listed as one.</param>
    internal (SubscribeRequest? Request, Problem? Problem) Admit(HttpContext context, AccessToken? token, SubscribeQuery query, StreamBeginning beginning, StreamForm form, TimeSpan? wait = null)
    {
        var subscriber = wait is null && host.Subscriptions is { } all ? new ActiveSubscriber(all, query, token) : null;
        ISubscriberTracker? tracker = subscriber;
        if (!limits.TryCount(context, token, tracker, out tracker)) return (null, Problems.TooManyStreams);
        return (new()
        {
            Matchers = query.All,
            TellGaps = query.TellGaps,
            Form = form,
            Wait = wait,
            LastEventId = beginning.LastEventId,
            Since = beginning.Since,
            Grants = token?.Readable ?? [],
            Expires = token is not null && token.Expires != DateTimeOffset.MaxValue ? token.Expires : null,
            Owner = host.Revocations is { } revocations && (token is not null || subscriber is not null) ? new StreamOwner(token, subscriber?.Id, revocations) : null,
            Tracker = tracker,
        }, null);
    }
}
