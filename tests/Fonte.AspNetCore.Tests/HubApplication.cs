using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Fonte.AspNetCore.Tests;

/// <summary>An application with a hub on a real Kestrel, on a port of its own.</summary>
internal sealed class HubApplication : IAsyncDisposable
{
    private readonly WebApplication _app;

    private HubApplication(WebApplication app)
    {
        _app = app;
        Address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        // A connection for each stream, and none taken over from another.
        Client = new(new SocketsHttpHandler { UseCookies = false, RequestHeaderEncodingSelector = (_, _) => Encoding.UTF8, ResponseHeaderEncodingSelector = (_, _) => Encoding.UTF8 }) { BaseAddress = new Uri(Address), Timeout = TimeSpan.FromSeconds(30) };
    }

    internal static CancellationToken Stop => TestContext.Current.CancellationToken;

    internal string Address { get; }

    internal HttpClient Client { get; }

    internal IServiceProvider Services => _app.Services;

    internal static async Task<HubApplication> StartAsync(
        Action<FonteHttpOptions>? configure = null, Action<WebApplicationBuilder>? build = null, Action<WebApplication>? map = null, IEventLog? useLog = null, string path = Hub)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var fonte = builder.Services.AddFonte(options =>
        {
            options.Data = FonteOptions.InMemory;
            options.AnonymousPublish = true;
            configure?.Invoke(options);
        });
        if (useLog is not null) fonte.UseEventLog(_ => useLog);
        build?.Invoke(builder);
        var app = builder.Build();
        map?.Invoke(app);
        app.MapFonte(path);
        app.MapFontePoll();
        app.MapFonteSocket();
        app.MapFonteHealthChecks();
        await app.StartAsync(Stop);
        return new(app);
    }

    /// <summary>The same, sending events straight to the sockets.</summary>
    internal static Task<HubApplication> StartDirectAsync(
        Action<FonteHttpOptions>? configure = null, Action<WebApplicationBuilder>? build = null, Action<WebApplication>? map = null, IEventLog? useLog = null)
    {
        return StartAsync(configure, BuildDirect, map, useLog);

        void BuildDirect(WebApplicationBuilder builder)
        {
            builder.Services.AddFonte().UseDirectSockets();
            build?.Invoke(builder);
        }
    }

    internal Task StopAsync() => _app.StopAsync(Stop);

    internal Task<HttpResponseMessage> PostAsync(string form) =>
        Client.PostAsync(new Uri(Hub, UriKind.Relative), new StringContent(form, null, "application/x-www-form-urlencoded"), Stop);

    internal Task<HttpResponseMessage> PostAsync(string? contentType, byte[] body, params (string Name, string Value)[] fields)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, Hub) { Content = new ByteArrayContent(body) };
        if (contentType is not null) request.Content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        foreach (var (name, value) in fields) request.Headers.TryAddWithoutValidation(name, value);
        return Client.SendAsync(request, Stop);
    }

    /// <summary>Sends a request as it is written here, which <see cref="HttpClient"/> would not always do; returns the answer to its end.</summary>
    internal async Task<string> ExchangeAsync(string head, string body)
    {
        var url = new Uri(Address);
        using var socket = new TcpClient();
        await socket.ConnectAsync(url.Host, url.Port, Stop);
        var request = $"POST {Hub} HTTP/1.1\r\nHost: {url.Authority}\r\nConnection: close\r\nContent-Length: {body.Length}\r\n{head}\r\n{body}";
        await socket.GetStream().WriteAsync(Encoding.Latin1.GetBytes(request), Stop);
        using var reader = new StreamReader(socket.GetStream());
        return await reader.ReadToEndAsync(Stop);
    }

    internal async Task<string> PublishAsync(string form)
    {
        using var response = await PostAsync(form);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return await response.Content.ReadAsStringAsync(Stop);
    }

    internal const string Hub = "/.well-known/mercure";

    internal async Task<EventStreamReader> OpenAsync(string query, string? lastEventId = null, string path = Hub)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, path + query);
        if (lastEventId is not null) request.Headers.TryAddWithoutValidation("Last-Event-ID", lastEventId);
        var response = await Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Stop);
        return new(response, await response.Content.ReadAsStreamAsync(Stop));
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.DisposeAsync();
    }
}
