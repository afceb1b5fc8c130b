using Microsoft.AspNetCore.Http;

namespace Fonte.AspNetCore;

/// <summary>Refuses requests that were meant for another host, where the hub's public URLs are listed (RFC 9110, section 15.5.20).</summary>
/// <remarks>The hub's identity is taken from the request, and its client would choose it (CWE-350).</remarks>
internal sealed class PublicOrigins
{
    private static readonly Problem Misdirected = new(StatusCodes.Status421MisdirectedRequest, "misdirected", "This hub does not serve the host that the request names; use one of its public URLs.");

    private readonly HashSet<string> _origins;

    internal PublicOrigins(IEnumerable<string> urls) => _origins = urls.Select(url => new Uri(url)).Select(url => OriginOf(url.Scheme, url.IdnHost, url.Port)).ToHashSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>The same endpoint for listed origins only; as it is where none is listed.</summary>
    internal RequestDelegate Guard(RequestDelegate endpoint) => _origins.Count == 0 ? endpoint : context => Serves(context.Request) ? endpoint(context) : Misdirected.WriteAsync(context);

    internal static bool IsValid(string url) =>
        Uri.TryCreate(url, UriKind.Absolute, out var uri) && (uri.Scheme is "http" or "https") && uri.PathAndQuery == "/" && uri.Fragment.Length == 0 && uri.UserInfo.Length == 0;

    /// <summary>Whether the request is for a listed one, or none is listed.</summary>
    internal bool Serves(HttpRequest request) =>
        _origins.Count == 0 || (request.Host.HasValue && _origins.Contains(OriginOf(request.Scheme, request.Host.Host, request.Host.Port ?? (request.IsHttps ? 443 : 80))));

    // Uri leaves the brackets of an IPv6 address out, and HostString does not.
    private static string OriginOf(string scheme, string host, int port) => $"{scheme}://{host.Trim('[', ']')}:{port}";
}
