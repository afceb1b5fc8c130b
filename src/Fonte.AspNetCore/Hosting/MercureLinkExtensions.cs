using System.Text;
using Fonte.AspNetCore;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Tells clients where the hub is that has a resource's events (Mercure draft -08, "Hub Discovery").</summary>
public static class MercureLinkExtensions
{
    /// <summary>Adds to each response of the endpoint <c>Link: &lt;…&gt;; rel="mercure"; last-event-id="…"</c>.</summary>
    /// <remarks>
    /// The event ID is that of the last event before the endpoint began, so that who subscribes with it misses nothing that happens after. Add <c>rel="self"</c> yourself where the topic
    /// is not the resource's own URL.
    /// </remarks>
    /// <param name="endpoint">The endpoint, such as what <c>MapGet()</c> returns.</param>
    /// <param name="contentType">What the events' data is, where it is not what the resource is.</param>
    /// <param name="eventType">The type of the events, where they have one.</param>
    /// <exception cref="ArgumentException">An argument cannot stand in a header field.</exception>
    public static TBuilder WithMercureLink<TBuilder>(this TBuilder endpoint, string? contentType = null, string? eventType = null)
        where TBuilder : IEndpointConventionBuilder
    {
        Check(contentType, nameof(contentType));
        Check(eventType, nameof(eventType));
        return endpoint.AddEndpointFilter((context, next) =>
        {
            var http = context.HttpContext;
            var services = http.RequestServices;
            var link = new StringBuilder($"<{services.GetRequiredService<HubAuthorization>().Audience(http.Request)}>; rel=\"mercure\"");
            if (services.GetRequiredService<FonteHost>().HubIfReady?.LastEventId is { } last) link.Append($"; last-event-id=\"{last}\"");
            if (contentType is not null) link.Append($"; content-type=\"{contentType}\"");
            if (eventType is not null) link.Append($"; type=\"{eventType}\"");
            http.Response.Headers.Append("Link", link.ToString());
            return next(context);
        });
    }

    private static void Check(string? value, string name)
    {
        if (value is not null && (value.AsSpan().ContainsAny("\"\\") || value.AsSpan().ContainsAnyExceptInRange(' ', '~'))) throw new ArgumentException("It cannot stand in a header field.", name);
    }
}
