using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Timeouts;

namespace Fonte.AspNetCore;

/// <summary>Chooses how the bytes of an event stream reach its socket.</summary>
internal static class StreamOutputs
{
    /// <summary>
    /// The connection, if the stream may have it for itself and write straight to its socket: only where nothing stands between, which is plain HTTP/1.1 by
    /// Kestrel itself, whose flush returns when the head is in the kernel (<paramref name="flushSends"/>). Asked before the response begins.
    /// </summary>
    internal static StreamConnection? ConnectionOf(HttpContext context, bool flushSends) =>
        OperatingSystem.IsLinux() && flushSends
        // TLS, and whatever else changes the bytes, puts another transport in its place.
        && context.Features.Get<IConnectionTransportFeature>()?.Transport is StreamConnection { Socket: not null, IsKept: false } connection
        && IsPlain(context)
            ? connection
            : null;

    /// <summary>The same when the response has begun: whether it goes in chunks, still by Kestrel itself, and is the last on its connection.</summary>
    internal static bool IsChunked(HttpContext context) =>
        IsPlain(context) && context.Response.ContentLength is null && context.Response.Headers.TransferEncoding is ["chunked"] && context.Response.Headers.Connection is ["close"];

    // Kestrel's connection is all of these features itself; middleware that changes the body, or ends requests, puts another in the place of one of them.
    private static bool IsPlain(HttpContext context) =>
        HttpProtocol.IsHttp11(context.Request.Protocol)
        && context.Features.Get<IHttpRequestFeature>() is { } request
        && ReferenceEquals(request, context.Features.Get<IHttpResponseFeature>())
        && ReferenceEquals(request, context.Features.Get<IHttpResponseBodyFeature>())
        && ReferenceEquals(request, context.Features.Get<IHttpRequestLifetimeFeature>())
        && context.Features.Get<IHttpRequestTimeoutFeature>() is null
        && context.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: false };
}
