using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Fonte.AspNetCore;

/// <summary><c>GET /.well-known/mercure/subscriptions[/{type}/{match}[/{subscriber}]]</c>: who is subscribed (Mercure draft -08, "Subscription API").</summary>
internal sealed class SubscriptionsEndpoint(FonteHost host, HubAuthorization authorization)
{
    internal async Task HandleAsync(HttpContext context)
    {
        // As it was sent: the topic is the path with its escapes, and a decoded slash would be a segment's end. Other ways to write it are other topics.
        var path = PathOf(context);
        if (host.Subscriptions is not { } subscriptions || !path.StartsWith(subscriptions.Collection, StringComparison.Ordinal))
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }
        var authorized = await authorization.ReadAsync(context, TokenRole.Subscribe).ConfigureAwait(false);
        var refusal = authorized.Problem ?? (authorized.Token is null ? Problems.MissingToken("see subscriptions")
            : authorized.Token.Readable.Any(matcher => matcher.Matches(path)) ? null : Problems.MayNotSee);
        if (refusal is not null)
        {
            await authorization.RefuseAsync(context, refusal).ConfigureAwait(false);
            return;
        }
        // Before the list is read, so that who goes on from here misses nothing.
        var last = host.HubIfReady?.LastEventId ?? EventRules.Earliest;
        var segments = path[subscriptions.Collection.Length..].Split('/', StringSplitOptions.RemoveEmptyEntries).Select(Uri.UnescapeDataString).ToArray();
        // Who comes with a token of a version gets its documents.
        var is0x = authorized.Token!.Is0x;
        var document = is0x ? Find0x(subscriptions, path, segments, last) : Find(subscriptions, path, segments);
        if (document.IsEmpty)
        {
            await Problems.NoSubscription.WriteAsync(context).ConfigureAwait(false);
            return;
        }
        var response = context.Response;
        response.ContentType = is0x ? Mercure0x.DocumentType : "application/json";
        response.ContentLength = document.Length;
        response.Headers.Link = $"<{authorization.Audience(context.Request)}>; rel=\"mercure\"; last-event-id=\"{last}\"; type=\"{EventRules.HubType}\"; content-type=\"{response.ContentType}\"";
        response.Headers.CacheControl = "private, no-cache";
        await response.Body.WriteAsync(document, context.RequestAborted).ConfigureAwait(false);
    }

    private static ReadOnlyMemory<byte> Find(ActiveSubscriptions subscriptions, string path, string[] segments) => segments switch
    {
        [] => SubscriptionDocument.WriteAll(path, subscriptions.All.Where(each => !each.Is0x)),
        [var type, var match] => SubscriptionDocument.WriteAll(path, subscriptions.All.Where(Is(type, match))),
        [var type, var match, var subscriber] when subscriptions.Of(subscriber).FirstOrDefault(Is(type, match)) is { } found => SubscriptionDocument.Write(found, active: true),
        _ => default,
    };

    private static ReadOnlyMemory<byte> Find0x(ActiveSubscriptions subscriptions, string path, string[] segments, string last) => segments switch
    {
        [] => JsonLdSubscription.WriteAll(path, subscriptions.All.Where(each => each.Is0x), last),
        [var topic] => JsonLdSubscription.WriteAll(path, subscriptions.All.Where(Is0x(topic)), last),
        [var topic, var subscriber] when subscriptions.Of(subscriber).FirstOrDefault(Is0x(topic)) is { } found => JsonLdSubscription.Write(found, last),
        _ => default,
    };

    private static Func<ActiveSubscription, bool> Is(string type, string match) => each => !each.Is0x && each.Type == type && each.Match == match;

    private static Func<ActiveSubscription, bool> Is0x(string topic) => each => each.Is0x && each.Match == topic;

    private static string PathOf(HttpContext context)
    {
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        // A target may be a whole URL (RFC 9112, section 3.2.2).
        if (!target.StartsWith('/') && target.IndexOf("://", StringComparison.Ordinal) is var scheme and > 0 && target.IndexOf('/', scheme + 3) is var path and > 0) target = target[path..];
        var query = target.IndexOf('?');
        if (query >= 0) target = target[..query];
        var @base = context.Request.PathBase.ToUriComponent();
        return target.StartsWith(@base + '/', StringComparison.Ordinal) ? target[@base.Length..] : target;
    }
}
