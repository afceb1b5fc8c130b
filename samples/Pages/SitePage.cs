using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Fonte.Samples.Pages;

/// <summary>Marks an endpoint as a page of the site.</summary>
/// <param name="Path">Its folder, such as <c>clock/</c>; empty for the home page.</param>
internal sealed record SitePage(string Path)
{
    /// <summary>The module <c>pages.js</c>: which pages this server has, for a sample that runs alone has only its own.</summary>
    /// <remarks>A module and no JSON: it is there before the scripts that import it run, so that the navigation never shows a link and takes it back.</remarks>
    public static IResult List(HttpContext context)
    {
        var all = context.RequestServices.GetRequiredService<EndpointDataSource>().Endpoints;
        var paths = all.Select(endpoint => endpoint.Metadata.GetMetadata<SitePage>()?.Path).OfType<string>().Distinct();
        context.Response.Headers.CacheControl = "no-cache";
        context.Response.Headers.XContentTypeOptions = "nosniff";
        return Results.Text($"export const pages = {JsonSerializer.Serialize(paths)};\n", "text/javascript; charset=utf-8");
    }
}
