using System.Net;
using Fonte.Samples.Lab;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Fonte.Browser.Tests.Samples;

/// <summary>The lab over HTTP, with as many loops as it may have.</summary>
public sealed class LabOverloadTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Interval_beyond_the_limit_is_answered_with_a_reconnection_time_and_the_end_for_any_origin()
    {
        await using var app = await StartAsync();
        var loops = app.Services.GetRequiredService<LabLoops>();
        var leases = Enumerable.Range(10, LabLoops.Limit).Select(tenths => loops.Join(LabStream.All[0], new LabInterval(tenths))).ToList();
        using var http = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };

        using var response = await http.GetAsync(new Uri("/eventos?intervalo=0.5", UriKind.Relative), Cancellation);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType!.MediaType);
        Assert.Equal("*", response.Headers.GetValues("Access-Control-Allow-Origin").Single());
        Assert.Matches(@"^retry: \d+\n+$", await response.Content.ReadAsStringAsync(Cancellation));
        foreach (var lease in leases) lease!.Dispose();
    }

    private static async Task<WebApplication> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Services.AddFonte(options => options.Data = FonteOptions.InMemory);
        builder.Services.AddLab();
        var app = builder.Build();
        app.MapLab();
        await app.StartAsync(Cancellation);
        return app;
    }
}
