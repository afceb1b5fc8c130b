using System.Buffers;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace Fonte.AspNetCore;

/// <summary><c>GET /.well-known/mercure</c>: an event stream of the topics that the query selects; and <c>QUERY</c>, with parameters in the body too (RFC 10008).</summary>
internal sealed class EventStreamEndpoint(FonteHost host, HubAuthorization authorization, StreamLimits limits, IOptions<FonteHttpOptions> options)
{
    // Beside the matchers, percent-encoded: a cursor and a time.
    private const int OtherParameters = 64 * 1024;

    // Not async: its state would be kept for as long as the stream lasts.
    internal Task HandleAsync(HttpContext context)
    {
        var reading = authorization.ReadAsync(context, TokenRole.Subscribe);
        return reading.IsCompletedSuccessfully ? Stream(context, reading.Result, body: default) : AfterAsync(context, reading);
    }

    internal async Task HandleQueryAsync(HttpContext context)
    {
        var authorized = await authorization.ReadAsync(context, TokenRole.Subscribe).ConfigureAwait(false);
        if (Refusal(authorized) is { } refusal)
        {
            await authorization.RefuseAsync(context, refusal).ConfigureAwait(false);
            return;
        }
        if (PublishFormats.Of(context.Request) != PublishFormat.Form)
        {
            await new Problem(StatusCodes.Status415UnsupportedMediaType, "content-type", $"Send the parameters as {PublishFormats.Form} in UTF-8.").WriteAsync(context).ConfigureAwait(false);
            return;
        }
        var most = (int)Math.Min(int.MaxValue, ((long)options.Value.MaxMatchers * options.Value.MaxMatcherBytes * 3) + OtherParameters);
        if (await RequestBody.ReadAsync(context, most).ConfigureAwait(false) is not { } body)
        {
            await PublishProblems.TooLarge(most).WriteAsync(context).ConfigureAwait(false);
            return;
        }
        var parameters = body.ToArray();
        context.Request.BodyReader.AdvanceTo(body.End);
        await Stream(context, authorized, parameters).ConfigureAwait(false);
    }

    private async Task AfterAsync(HttpContext context, ValueTask<Authorized> reading) => await Stream(context, await reading.ConfigureAwait(false), body: default).ConfigureAwait(false);

    // Also when the body has been read: it may have taken longer than the token was valid.
    private Problem? Refusal(Authorized authorized) =>
        authorized.Problem
        ?? (authorized.Token is null && !options.Value.AnonymousSubscribe ? Problems.MissingToken("subscribe") : null)
        ?? (authorized.Token is { } token && authorization.HasEnded(token) ? Problems.InvalidToken : null);

    private Task Stream(HttpContext context, Authorized authorized, ReadOnlySpan<byte> body)
    {
        if (Refusal(authorized) is { } refusal) return authorization.RefuseAsync(context, refusal);
        var (query, problem) = SubscribeQuery.Read(context.Request.QueryString, options.Value, host.Patterns, body);
        if (query is null) return problem!.WriteAsync(context);
        var subscriber = host.Subscriptions is { } all ? new ActiveSubscriber(all, query, authorized.Token) : null;
        ISubscriberTracker? tracker = subscriber;
        if (!limits.TryCount(context, authorized.Token, tracker, out tracker)) return Problems.TooManyStreams.WriteAsync(context);
        var beginning = query.Beginning.Under(context.Request);
        return EventStreamResponse.RunAsync(context, host, new SubscribeRequest
        {
            Matchers = query.All,
            TellGaps = query.TellGaps,
            Envelope = query.Envelope,
            LastEventId = beginning.LastEventId,
            Since = beginning.Since,
            Grants = authorized.Token?.Readable ?? [],
            Expires = authorized.Token is { } token && token.Expires != DateTimeOffset.MaxValue ? token.Expires : null,
            Owner = host.Revocations is { } revocations && (authorized.Token is not null || subscriber is not null) ? new StreamOwner(authorized.Token, subscriber?.Id, revocations) : null,
            Tracker = tracker,
        });
    }
}
