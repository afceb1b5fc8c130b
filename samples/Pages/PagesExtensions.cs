using System.Reflection;
using Fonte.Samples.Pages;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Microsoft.AspNetCore.Builder;

public static class PagesExtensions
{
    internal const string HostsKey = "SameOrigin:Hosts";

    /// <summary>Serves the files that <paramref name="assembly"/> carries under <c>pages/</c> below <paramref name="prefix"/>.</summary>
    public static IEndpointConventionBuilder MapPages(this IEndpointRouteBuilder endpoints, string prefix, Assembly assembly)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        ArgumentNullException.ThrowIfNull(prefix);
        ArgumentNullException.ThrowIfNull(assembly);

        var group = endpoints.MapGroup(prefix);
        foreach (var file in PageFile.ReadAll(assembly))
        {
            var endpoint = group.MapMethods("/" + file.Route, ["GET", "HEAD"], file.ServeAsync);
            if (file.Route.Length == 0) endpoint.WithMetadata(new SitePage(prefix.Trim('/') is { Length: > 0 } folder ? folder + "/" : ""));
        }
        return group;
    }

    /// <summary>Serves what all pages share (theme, languages, navigation, connection state) at <c>/shared</c>.</summary>
    public static IEndpointConventionBuilder MapSharedPages(this IEndpointRouteBuilder endpoints)
    {
        // Browsers ask for it where a document names no other.
        endpoints.MapGet("/favicon.ico", () => Results.LocalRedirect("/shared/icon.svg"));
        endpoints.MapGet("/shared/pages.js", (HttpContext context) => SitePage.List(context));
        return endpoints.MapPages("/shared", typeof(PagesExtensions).Assembly);
    }

    /// <summary>Adds what others serve at this folder, such as <c>dashboard/</c>, to the navigation of the pages.</summary>
    public static IEndpointConventionBuilder InNavigation(this IEndpointConventionBuilder endpoints, string path) => endpoints.WithMetadata(new SitePage(path));

    /// <summary>Refuses whatever is not asked by a page of this server, at <c>localhost</c>, an address, or a name that the configuration has in <see cref="HostsKey"/>, with semicolons between.</summary>
    public static RouteHandlerBuilder RequireSameOrigin(this RouteHandlerBuilder endpoint) => endpoint.AddEndpointFilter<SameOriginFilter>();
}
