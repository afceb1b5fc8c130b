using Fonte.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Fonte.Services.Tests;

/// <summary>A hub on a real Kestrel, whose log is in a folder; it can be stopped and started again at its address.</summary>
internal sealed class TestHub(string folder) : IServiceBroker
{
    internal const string Secret = "a secret of thirty-two bytes or more, really";
    internal const string Issuer = "https://issuer.example";
    private WebApplication? _app;

    internal static CancellationToken Stop => TestContext.Current.CancellationToken;

    internal Uri Url { get; private set; } = new("http://127.0.0.1:0");

    public async Task StartAsync()
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

    public async Task StopAsync()
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

    public IConsumerGroup Group(string name, ServiceStore store, int maxAttempts, TimeSpan redeliveryDelay) => new HubConsumerGroup(
        Client(), store, new() { Name = name, Topics = [name], Lease = TimeSpan.FromSeconds(1), RedeliveryDelay = redeliveryDelay, MaxAttempts = maxAttempts }, NullLogger<HubConsumerGroup>.Instance);

    public IEventSender Sender() => new HubEventSender(Client());

    public Task PublishAsync(string type, string key, string text) => Client().PublishAsync(new() { Topics = [type], Data = text, Private = true }, Stop);

    public async ValueTask DisposeAsync()
    {
        if (_app is not null) await _app.DisposeAsync();
    }
}
