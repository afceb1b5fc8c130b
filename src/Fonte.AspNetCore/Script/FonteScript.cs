using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Fonte.AspNetCore;

/// <summary>The JavaScript module <c>fonte.js</c>, read from the assembly once and served from memory.</summary>
internal sealed class FonteScript
{
    internal const string Path = "/fonte/fonte.js";
    private const string ContentType = "text/javascript; charset=utf-8";

    private readonly byte[] _content;
    private readonly EntityTagHeaderValue _entityTag;

    internal FonteScript()
    {
        using var stream = typeof(FonteScript).Assembly.GetManifestResourceStream("fonte.js")!;
        _content = new byte[stream.Length];
        stream.ReadExactly(_content);
        _entityTag = new($"\"{Convert.ToHexStringLower(SHA256.HashData(_content))}\"");
    }

    internal Task ServeAsync(HttpContext context)
    {
        var headers = context.Response.Headers;
        // Asked for each time, and seldom sent: pages of a new version never run the module of the last one.
        headers.CacheControl = "no-cache";
        headers.XContentTypeOptions = "nosniff";
        return Results.Bytes(_content, ContentType, entityTag: _entityTag).ExecuteAsync(context);
    }
}
