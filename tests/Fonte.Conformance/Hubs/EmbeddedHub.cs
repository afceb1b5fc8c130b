using Fonte.AspNetCore.Tests.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Fonte.Conformance.Hubs;

/// <summary>A hub inside an application, at a path of the application's choice.</summary>
public sealed class EmbeddedHub : HubUnderTest
{
    private readonly string _keys = Path.Combine(Path.GetTempPath(), $"fonte-conformance-{Guid.NewGuid()}.pem");
    private WebApplication? _app;

    private protected override async Task<Uri> StartAsync()
    {
        await File.WriteAllTextAsync(_keys, Keys!.PublicPem, Stop);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddFonte(options =>
        {
            options.Data = FonteOptions.InMemory;
            options.Subscriptions = true;
            options.HeartbeatInterval = TimeSpan.FromSeconds(1);
            options.Issuers.Add(new() { Issuer = TestToken.Issuer, Secret = TestToken.Secret });
            options.Issuers.Add(new() { Issuer = Keys.Issuer, KeyFile = _keys });
            options.CookieOrigins.Add(TrustedOrigin!);
        });
        builder.Services.AddCors(cors => cors.AddPolicy("pages", policy => policy
            .WithOrigins(TrustedOrigin!).AllowCredentials().AllowAnyHeader().WithMethods("GET", "POST", "QUERY").WithExposedHeaders("Link", "Mercure-Last-Event-ID")));
        _app = builder.Build();
        _app.UseCors();
        _app.MapFonte("/embedded/hub").RequireCors("pages");
        await _app.StartAsync(Stop);
        return new(_app.Urls.Single() + "/embedded/hub");
    }

    private protected override async ValueTask EndAsync()
    {
        if (_app is not null) await _app.DisposeAsync();
        File.Delete(_keys);
    }
}
