using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Fonte.AspNetCore;

/// <summary><c>GET /.well-known/mercure</c>: an event stream of the topics that the query selects.</summary>
internal static class EventStreamEndpoint
{
    internal static async Task HandleAsync(HttpContext context)
    {
        var options = context.RequestServices.GetRequiredService<IOptions<FonteHttpOptions>>().Value;
        var (query, problem) = options.AnonymousSubscribe
            ? SubscribeQuery.Read(context.Request.QueryString, options)
            : (null, Problem.MissingToken("subscribe"));
        if (query is null)
        {
            await problem!.WriteAsync(context).ConfigureAwait(false);
            return;
        }
        var beginning = query.Beginning.Under(context.Request);
        await EventStreamResponse.RunAsync(context, new SubscribeRequest
        {
            Matchers = query.Matchers,
            TellGaps = query.TellGaps,
            LastEventId = beginning.LastEventId,
            Since = beginning.Since,
        }).ConfigureAwait(false);
    }
}
