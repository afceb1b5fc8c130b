using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace Fonte.AspNetCore;

/// <summary><c>GET /.well-known/mercure</c>: an event stream of the topics that the query selects.</summary>
internal sealed class EventStreamEndpoint(FonteHost host, HubAuthorization authorization, IOptions<FonteHttpOptions> options)
{
    // Not async: its state would be kept for as long as the stream lasts.
    internal Task HandleAsync(HttpContext context)
    {
        var reading = authorization.ReadAsync(context, TokenRole.Subscribe);
        return reading.IsCompletedSuccessfully ? Stream(context, reading.Result) : AfterAsync(context, reading);
    }

    private async Task AfterAsync(HttpContext context, ValueTask<Authorized> reading) => await Stream(context, await reading.ConfigureAwait(false)).ConfigureAwait(false);

    private Task Stream(HttpContext context, Authorized authorized)
    {
        if (authorized.Problem is not null) return authorization.RefuseAsync(context, authorized.Problem);
        if (authorized.Token is null && !options.Value.AnonymousSubscribe) return authorization.RefuseAsync(context, Problems.MissingToken("subscribe"));
        var (query, problem) = SubscribeQuery.Read(context.Request.QueryString, options.Value, host.Patterns);
        if (query is null) return problem!.WriteAsync(context);
        var beginning = query.Beginning.Under(context.Request);
        return EventStreamResponse.RunAsync(context, host, new SubscribeRequest
        {
            Matchers = query.Matchers,
            TellGaps = query.TellGaps,
            LastEventId = beginning.LastEventId,
            Since = beginning.Since,
            Grants = authorized.Token?.Readable ?? [],
            Expires = authorized.Token?.Expires,
        });
    }
}
