using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Timeouts;

namespace Fonte.AspNetCore;

/// <summary>Chooses how the bytes of an event stream reach its socket.</summary>
internal static class StreamOutputs
{
    /// <summary>
    /// The output for a response whose head was flushed, and what tells that the client is gone. Straight to the socket, which costs a third less, only
    /// where nothing stands between: plain HTTP/1.1, in chunks, by Kestrel itself, whose flush returns when the head is in the kernel (<paramref name="flushSends"/>).
    /// </summary>
    internal static (StreamOutput Output, CancellationToken Gone) Of(HttpContext context, bool flushSends)
    {
        if (OperatingSystem.IsLinux() && flushSends && IsPlain(context)
            && context.Features.Get<IConnectionSocketFeature>()?.Socket is { } socket
            && context.Features.Get<IConnectionLifetimeFeature>() is { } connection)
        {
            // The connection's token is there already; the request's would be made for this, unless it ends requests by a timeout.
            var gone = context.Features.Get<IHttpRequestTimeoutFeature>() is null ? connection.ConnectionClosed : context.RequestAborted;
            return (new SocketOutput(socket, connection.Abort), gone);
        }
        return (new PipeOutput(context.Response.BodyWriter), context.RequestAborted);
    }

    // Kestrel's connection is all of these features itself; middleware that changes the body puts another in the place of one of them.
    private static bool IsPlain(HttpContext context) =>
        HttpProtocol.IsHttp11(context.Request.Protocol)
        && context.Features.Get<ITlsConnectionFeature>() is null
        && context.Features.Get<IHttpRequestFeature>() is { } request
        && ReferenceEquals(request, context.Features.Get<IHttpResponseFeature>())
        && ReferenceEquals(request, context.Features.Get<IHttpResponseBodyFeature>())
        && context.Response.ContentLength is null
        && context.Response.Headers.TransferEncoding is ["chunked"];
}
