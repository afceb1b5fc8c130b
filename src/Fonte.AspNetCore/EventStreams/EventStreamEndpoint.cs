using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace Fonte.AspNetCore;

/// <summary><c>GET /.well-known/mercure</c>: an event stream of the topics that the query selects.</summary>
internal sealed class EventStreamEndpoint(FonteHost host, IOptions<FonteHttpOptions> options)
{
    // Not async: its state would be kept for as long as the stream lasts.
    internal Task HandleAsync(HttpContext context)
    {
        var (query, problem) = options.Value.AnonymousSubscribe
            ? SubscribeQuery.Read(context.Request.QueryString, options.Value)
            : (null, Problem.MissingToken("subscribe"));
        if (query is null) return problem!.WriteAsync(context);
        var beginning = query.Beginning.Under(context.Request);
        return EventStreamResponse.RunAsync(context, host, new SubscribeRequest
        {
            Matchers = query.Matchers,
            TellGaps = query.TellGaps,
            LastEventId = beginning.LastEventId,
            Since = beginning.Since,
        });
    }
}
