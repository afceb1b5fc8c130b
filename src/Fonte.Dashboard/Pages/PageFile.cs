using System.Reflection;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Fonte.Dashboard;

/// <summary>One file of the pages, read from the assembly once and served from memory.</summary>
internal sealed class PageFile
{
    private const string Root = "pages/";
    private const string Index = "index.html";

    // The attack is injected markup (CWE-79): nothing runs, loads or is sent anywhere unless it comes from, or goes to, this origin.
    private const string ContentSecurityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; " +
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private readonly byte[] _content;
    private readonly string _contentType;
    private readonly EntityTagHeaderValue _entityTag;
    private readonly bool _isIndex;

    private PageFile(string path, byte[] content)
    {
        _content = content;
        _contentType = ContentTypeOf(path);
        _entityTag = new($"\"{Convert.ToHexStringLower(SHA256.HashData(content))}\"");
        _isIndex = path == Index;
        Route = _isIndex ? "" : path;
    }

    /// <summary>The file's path below the dashboard's; the page itself has none.</summary>
    internal string Route { get; }

    internal static IEnumerable<PageFile> ReadAll(Assembly assembly)
    {
        foreach (var name in assembly.GetManifestResourceNames())
        {
            var path = name.Replace('\\', '/');
            if (!path.StartsWith(Root, StringComparison.Ordinal)) continue;
            using var stream = assembly.GetManifestResourceStream(name)!;
            var content = new byte[stream.Length];
            stream.ReadExactly(content);
            yield return new(path[Root.Length..], content);
        }
    }

    internal Task ServeAsync(HttpContext context)
    {
        var request = context.Request;
        if (_isIndex && !request.Path.Value!.EndsWith('/'))
        {
            // Routing matches with and without the slash, but the page's relative addresses are right only with it.
            var folder = request.PathBase.Add(request.Path).Value + "/" + request.QueryString;
            return Results.LocalRedirect(folder, permanent: true).ExecuteAsync(context);
        }
        var headers = context.Response.Headers;
        headers.CacheControl = "no-cache";
        headers.ContentSecurityPolicy = ContentSecurityPolicy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        return Results.Bytes(_content, _contentType, entityTag: _entityTag).ExecuteAsync(context);
    }

    private static string ContentTypeOf(string path) => Path.GetExtension(path) switch
    {
        ".html" => "text/html; charset=utf-8",
        ".css" => "text/css; charset=utf-8",
        ".js" => "text/javascript; charset=utf-8",
        ".json" => "application/json",
        "" => "text/plain; charset=utf-8",
        ".svg" => "image/svg+xml",
        var other => throw new NotSupportedException($"'{path}': no content type is known for '{other}'; add it to {nameof(PageFile)}."),
    };
}
