using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace Fonte.AspNetCore;

/// <summary>The response of type <c>text/event-stream</c>, from its header to the acknowledged end.</summary>
internal static class EventStreamResponse
{
    /// <summary>Streams until the client goes or the hub stops. Returns when nothing more will be written, or when the stream has its connection for itself.</summary>
    internal static Task RunAsync(HttpContext context, FonteHost host, SubscribeRequest request, bool isCurrent = false)
    {
        if (host.HubIfReady is not { } hub || hub.Resume(request) is not { } start) return RefuseAsync(context, host);
        if (!isCurrent && hub.MayBeBehind(start)) return CatchUpAsync(context, host, hub, request, start);
        Prepare(context);
        StreamSocket.Tune(context, host.WriteTimeout);
        if (start.LastEventId is { } preceding)
        {
            context.Response.Headers[LastEventId.ResponseField] = preceding;
            if (host.Accepts0x) context.Response.Headers[LastEventId.RequestField] = preceding;
        }
        var connection = StreamOutputs.ConnectionOf(context, host.FlushSends);
        // It is the stream's alone then, and closed with it.
        if (connection is not null) context.Response.Headers.Connection = "close";
        var begun = BeginAsync(context, flush: connection is not null);
        return begun.IsCompletedSuccessfully
            ? Stream(context, connection, host, request, start)
            : StreamAfterAsync(begun, context, connection, host, request, start);
    }

    private static async Task CatchUpAsync(HttpContext context, FonteHost host, EventHub hub, SubscribeRequest request, ResumePoint start)
    {
        var mayBegin = await StreamStart.MayBeginAsync(host, hub, request, start, context.RequestAborted).ConfigureAwait(false);
        await (mayBegin ? RunAsync(context, host, request, isCurrent: true) : RefuseAsync(context, host)).ConfigureAwait(false);
    }

    private static async Task StreamAfterAsync(Task begun, HttpContext context, StreamConnection? connection, FonteHost host, SubscribeRequest request, ResumePoint start)
    {
        await begun.ConfigureAwait(false);
        await Stream(context, connection, host, request, start).ConfigureAwait(false);
    }

    private static async Task BeginAsync(HttpContext context, bool flush)
    {
        await context.Response.StartAsync(CancellationToken.None).ConfigureAwait(false);
        if (flush) await context.Response.BodyWriter.FlushAsync(CancellationToken.None).ConfigureAwait(false);
    }

    private static Task Stream(HttpContext context, StreamConnection? connection, FonteHost host, SubscribeRequest request, ResumePoint start)
    {
        // Kestrel's rate is for responses that end; a slow subscriber costs nothing here and has a timeout of its own.
        if (context.Features.Get<IHttpMinResponseDataRateFeature>() is { } rate) rate.MinDataRate = null;
        // From the subscription on nothing may throw: the pump would write into a response that is over.
        if (connection is { Socket: { } socket } && StreamOutputs.IsChunked(context))
        {
            if (host.HubIfReady?.Subscribe(request, start, new SocketOutput(socket, connection.Cut)) is not { } kept) return EndAsync(context, host);
            connection.Keep(kept);
            return Task.CompletedTask;
        }
        return host.HubIfReady?.Subscribe(request, start, new PipeOutput(context.Response.BodyWriter)) is { } handle ? StreamAsync(context, handle) : EndAsync(context, host);
    }

    private static async Task StreamAsync(HttpContext context, SubscriberHandle handle)
    {
        if (!(await handle.EndAsync(context.RequestAborted).ConfigureAwait(false)).AtBoundary) context.Abort();
    }

    /// <summary>
    /// Answers 200, <c>retry:</c> and the end. A native EventSource stops for ever at a 4xx or 5xx, so one that must wait is told
    /// after how long to come back.
    /// </summary>
    internal static Task RefuseAsync(HttpContext context, FonteHost host)
    {
        Prepare(context);
        return EndAsync(context, host);
    }

    private static async Task EndAsync(HttpContext context, FonteHost host)
    {
        // Before the response has begun its BodyWriter gives no memory to who asks for any amount, where a transport rents from the shared pool.
        await context.Response.StartAsync(context.RequestAborted).ConfigureAwait(false);
        EventStreamFormat.Retry(context.Response.BodyWriter, host.ReconnectionMilliseconds());
        await context.Response.BodyWriter.FlushAsync(context.RequestAborted).ConfigureAwait(false);
    }

    private static void Prepare(HttpContext context)
    {
        var headers = context.Response.Headers;
        context.Response.ContentType = "text/event-stream";
        headers.CacheControl = "no-store";
        // nginx would hold events back until its buffer is full.
        headers["X-Accel-Buffering"] = "no";
        context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        // The compression middleware is there, and would hold events back in its buffers; it leaves alone what is encoded already.
        if (context.Features.Get<IHttpsCompressionFeature>() is not null) headers.ContentEncoding = "identity";
        // A stream of an hour is not a slow request.
        if (context.Features.Get<IHttpMetricsTagsFeature>() is { } metrics) metrics.MetricsDisabled = true;
        if (Activity.Current is { } activity) activity.ActivityTraceFlags &= ~ActivityTraceFlags.Recorded;
    }
}
