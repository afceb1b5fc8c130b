using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.Extensions.DependencyInjection;

namespace Fonte.AspNetCore;

/// <summary>The response of type <c>text/event-stream</c>, from its header to the acknowledged end.</summary>
internal static class EventStreamResponse
{
    /// <summary>Streams until the client goes or the hub stops; returns when nothing more will be written.</summary>
    internal static async Task RunAsync(HttpContext context, SubscribeRequest request)
    {
        var host = context.RequestServices.GetRequiredService<FonteHost>();
        if (host.HubIfReady is not { } hub || hub.Resume(request) is not { } start)
        {
            await RefuseAsync(context).ConfigureAwait(false);
            return;
        }
        Prepare(context);
        if (start.LastEventId is { } preceding) context.Response.Headers[LastEventId.ResponseField] = preceding;
        await context.Response.StartAsync(context.RequestAborted).ConfigureAwait(false);
        if (host.FlushSends) await context.Response.BodyWriter.FlushAsync(context.RequestAborted).ConfigureAwait(false);
        // From the subscription to the wait for its end nothing may throw: the pump would write into a response that is over.
        StreamSocket.Tune(context, host.WriteTimeout);
        if (hub.Subscribe(request, start, StreamOutputs.Of(context, host.FlushSends)) is not { } handle)
        {
            await EndAsync(context, host).ConfigureAwait(false);
            return;
        }
        var end = await handle.WaitAsync(context.RequestAborted).ConfigureAwait(false);
        if (!end.AtBoundary) context.Abort();
    }

    /// <summary>
    /// Answers 200, <c>retry:</c> and the end. A native EventSource stops for ever at a 4xx or 5xx, so one that must wait is told
    /// after how long to come back.
    /// </summary>
    internal static Task RefuseAsync(HttpContext context)
    {
        Prepare(context);
        return EndAsync(context, context.RequestServices.GetRequiredService<FonteHost>());
    }

    private static async Task EndAsync(HttpContext context, FonteHost host)
    {
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
        // Kestrel's rate is for responses that end; a slow subscriber costs nothing here and has a timeout of its own.
        if (context.Features.Get<IHttpMinResponseDataRateFeature>() is { } rate) rate.MinDataRate = null;
        // A stream of an hour is not a slow request.
        if (context.Features.Get<IHttpMetricsTagsFeature>() is { } metrics) metrics.MetricsDisabled = true;
        if (Activity.Current is { } activity) activity.ActivityTraceFlags &= ~ActivityTraceFlags.Recorded;
    }
}
