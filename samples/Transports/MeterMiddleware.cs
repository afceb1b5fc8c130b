using Microsoft.AspNetCore.Http.Features;

namespace Fonte.Samples.Transports;

/// <summary>Counts what the requests that carry the parameter <c>meter</c> send and receive.</summary>
internal sealed class MeterMiddleware(RequestDelegate next, TransportMeter meter)
{
    // Date and Server, which Kestrel adds later than anybody can look.
    private const int KestrelsOwn = 54;

    public async Task InvokeAsync(HttpContext context)
    {
        using var metered = meter.Begin(context.Request.Query["meter"]);
        if (metered is null)
        {
            await next(context);
            return;
        }

        var cost = metered.Cost;
        var request = context.Request;
        cost.AddRequest();
        cost.AddUp($"{request.Method} {request.Path}{request.QueryString} HTTP/1.1\r\n".Length + LengthOf(request.Headers));
        context.Response.OnStarting(() =>
        {
            cost.AddDown("HTTP/1.1 200 OK\r\n".Length + LengthOf(context.Response.Headers) + KestrelsOwn);
            return Task.CompletedTask;
        });
        var body = context.Features.GetRequiredFeature<IHttpResponseBodyFeature>();
        context.Features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(new CountingStream(body.Stream, cost), body));
        if (context.Features.Get<IHttpUpgradeFeature>() is { } upgrade) context.Features.Set<IHttpUpgradeFeature>(new CountingUpgrade(upgrade, cost));
        await next(context);
        context.Features.Set(body);
    }

    private static int LengthOf(IHeaderDictionary headers) => headers.Sum(header => header.Value.Sum(value => header.Key.Length + (value?.Length ?? 0) + ": \r\n".Length)) + "\r\n".Length;

    private sealed class CountingUpgrade(IHttpUpgradeFeature inner, TransportCost cost) : IHttpUpgradeFeature
    {
        public bool IsUpgradableRequest => inner.IsUpgradableRequest;

        public async Task<Stream> UpgradeAsync() => new CountingStream(await inner.UpgradeAsync(), cost);
    }
}
