using Fonte.AspNetCore;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace Fonte.Dashboard;

/// <summary><c>GET api/events</c>: an event stream like the hub's, of every event that is selected, also of private ones, each summed up under its position.</summary>
internal sealed class EventsEndpoint(FonteHost host, StreamLimits limits, TimeProvider time, IOptions<FonteHttpOptions> options, DashboardAccess access)
{
    /// <summary>After how long the application is asked anew whether the operator may still see.</summary>
    internal static readonly TimeSpan LongestUnasked = TimeSpan.FromMinutes(10);

    internal Task HandleAsync(HttpContext context, AccessToken? token)
    {
        var (query, problem) = SubscribeQuery.Read(context.Request.QueryString, options.Value, host.Patterns);
        if (query is null) return problem!.WriteAsync(context);
        if (!limits.TryCount(context, token, null, out var tracker)) return Problems.TooManyStreams.WriteAsync(context);
        var beginning = query.Beginning.Under(context.Request);
        return EventStreamResponse.RunAsync(context, host, new()
        {
            Matchers = query.All,
            Grants = [TopicMatcher.Wildcard],
            Form = StreamForm.Summaries,
            LastEventId = beginning.LastEventId,
            Since = beginning.Since,
            TellGaps = query.TellGaps,
            Expires = Expires(context, token),
            // A token that is revoked ends it.
            Owner = token is not null && host.Revocations is { } revocations ? new StreamOwner(token, null, revocations) : null,
            Tracker = tracker,
        });
    }

    /// <summary><c>GET api/selection</c>: whether the stream could be had. Its own refusal reaches no script.</summary>
    internal Task CheckAsync(HttpContext context, AccessToken? token)
    {
        var (query, problem) = SubscribeQuery.Read(context.Request.QueryString, options.Value, host.Patterns);
        return query is null ? problem!.WriteAsync(context) : JsonAnswer.WriteAsync(context, _ => { });
    }

    // A user of the application is asked for again by the next request only: who has signed out, or lost the role, must not watch on for ever.
    private DateTimeOffset? Expires(HttpContext context, AccessToken? token)
    {
        if (token is not null) return token.Expires == DateTimeOffset.MaxValue ? null : token.Expires;
        if (access != DashboardAccess.EndpointAuthorization) return null;
        var unasked = time.GetUtcNow() + LongestUnasked;
        var user = context.Features.Get<IAuthenticateResultFeature>()?.AuthenticateResult;
        return user?.Properties?.ExpiresUtc is { } ticket && ticket < unasked ? ticket : unasked;
    }
}
