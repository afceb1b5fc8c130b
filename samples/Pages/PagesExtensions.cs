using System.Reflection;
using Fonte.Samples.Pages;
using Microsoft.AspNetCore.Routing;

namespace Microsoft.AspNetCore.Builder;

public static class PagesExtensions
{
    /// <summary>Serves the files that <paramref name="assembly"/> carries under <c>pages/</c> below <paramref name="prefix"/>.</summary>
    public static IEndpointConventionBuilder MapPages(this IEndpointRouteBuilder endpoints, string prefix, Assembly assembly)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        ArgumentNullException.ThrowIfNull(prefix);
        ArgumentNullException.ThrowIfNull(assembly);

        var group = endpoints.MapGroup(prefix);
        foreach (var file in PageFile.ReadAll(assembly))
            group.MapMethods("/" + file.Route, ["GET", "HEAD"], file.ServeAsync);
        return group;
    }

    /// <summary>Serves what all pages share (theme, languages, connection state) at <c>/shared</c>.</summary>
    public static IEndpointConventionBuilder MapSharedPages(this IEndpointRouteBuilder endpoints) =>
        endpoints.MapPages("/shared", typeof(PagesExtensions).Assembly);
}
