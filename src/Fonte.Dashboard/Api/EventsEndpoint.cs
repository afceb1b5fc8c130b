using Fonte.AspNetCore;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace Fonte.Dashboard;

/// <summary><c>GET api/events</c>: an event stream like the hub's, of every event that is selected, also of private ones, each in an object with its topics.</summary>
internal sealed class EventsEndpoint(FonteHost host, IOptions<FonteHttpOptions> options)
{
    internal Task HandleAsync(HttpContext context, AccessToken? token)
    {
        var (query, problem) = SubscribeQuery.Read(context.Request.QueryString, options.Value, host.Patterns);
        if (query is null) return problem!.WriteAsync(context);
        var beginning = query.Beginning.Under(context.Request);
        return EventStreamResponse.RunAsync(context, host, new()
        {
            Matchers = query.All,
            Grants = [TopicMatcher.Wildcard],
            Form = StreamForm.Envelopes,
            LastEventId = beginning.LastEventId,
            Since = beginning.Since,
            TellGaps = query.TellGaps,
            Expires = token is not null && token.Expires != DateTimeOffset.MaxValue ? token.Expires : null,
            // A token that is revoked ends it.
            Owner = token is not null && host.Revocations is { } revocations ? new StreamOwner(token, null, revocations) : null,
        });
    }
}
