using Fonte.AspNetCore.Tests.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Fonte.Conformance.Hubs;

/// <summary>A hub inside an application, at a path of the application's choice.</summary>
public sealed class EmbeddedHub : HubUnderTest
{
    private WebApplication? _app;

    private protected override async Task<Uri> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddFonte(options =>
        {
            options.Data = FonteOptions.InMemory;
            options.Subscriptions = true;
            options.Issuers.Add(new() { Issuer = TestToken.Issuer, Secret = TestToken.Secret });
        });
        _app = builder.Build();
        _app.MapFonte("/embedded/hub");
        await _app.StartAsync(Stop);
        return new(_app.Urls.Single() + "/embedded/hub");
    }

    private protected override ValueTask EndAsync() => _app?.DisposeAsync() ?? default;
}
