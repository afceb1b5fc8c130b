using Fonte.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Fonte.Services.Tests;

/// <summary>A hub on a real Kestrel, whose log is in a folder; it can be stopped and started again at its address.</summary>
internal sealed class TestHub(string folder) : IAsyncDisposable
{
    internal const string Secret = "a secret of thirty-two bytes or more, really";
    internal const string Issuer = "https://issuer.example";
    private WebApplication? _app;

    internal static CancellationToken Stop => TestContext.Current.CancellationToken;

    internal Uri Url { get; private set; } = new("http://127.0.0.1:0");

    internal async Task StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(Url.GetLeftPart(UriPartial.Authority));
        builder.Services.AddFonte(options =>
        {
            options.Data = folder;
            options.BallastBytes = 0;
            options.ReconnectionTime = TimeSpan.FromMilliseconds(50);
            options.Issuers.Add(new() { Issuer = Issuer, Secret = Secret });
        });
        _app = builder.Build();
        _app.MapFonte();
        await _app.StartAsync(Stop);
        Url = new(new Uri(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()), "/.well-known/mercure");
    }

    internal async Task StopAsync()
    {
        await _app!.DisposeAsync();
        _app = null;
    }

    /// <summary>A client of a service, which may do everything.</summary>
    internal FonteClient Client() => new(new HttpClient(), new()
    {
        HubUrl = Url,
        MinimumReconnectionTime = TimeSpan.FromMilliseconds(20),
        MaximumReconnectionTime = TimeSpan.FromMilliseconds(200),
        PublishRetryTime = TimeSpan.FromSeconds(20),
        AccessToken = _ => new(Tokens.Everything(Url)),
    });

    public async ValueTask DisposeAsync()
    {
        if (_app is not null) await _app.DisposeAsync();
    }
}
