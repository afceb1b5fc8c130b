using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Fonte.Browser.Tests.Samples;

/// <summary>A hub with what a test puts beside it, in this process, on a port of its own: a sample as it runs alone.</summary>
internal sealed class SampleHost : IAsyncDisposable
{
    private readonly WebApplication _app;

    private SampleHost(WebApplication app)
    {
        _app = app;
        Address = new Uri(app.Urls.Single());
        // A connection for each stream, and cookies that are the test's to send.
        Http = new HttpClient(new SocketsHttpHandler { UseCookies = false }) { BaseAddress = Address, Timeout = TimeSpan.FromSeconds(30) };
    }

    public Uri Address { get; }

    public HttpClient Http { get; }

    public IServiceProvider Services => _app.Services;

    public static async Task<SampleHost> StartAsync(Action<IServiceCollection>? add, Action<WebApplication> map, string data = FonteOptions.InMemory, string urls = "http://127.0.0.1:0")
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls(urls);
        builder.Logging.ClearProviders();
        builder.Services.AddFonte(options =>
        {
            options.Data = data;
            // A mebibyte of text is up to three times that as a form.
            options.MaxBodyBytes = 8 * 1024 * 1024;
        });
        add?.Invoke(builder.Services);
        var app = builder.Build();
        app.MapFonte();
        app.MapSharedPages();
        map(app);
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new SampleHost(app);
    }

    /// <summary>Publishes from code; when this returns, the event is in the log.</summary>
    public async Task PublishAsync(string topic, string data, string? type = null, string? id = null)
    {
        var draft = new EventDraft { Topics = [topic], Type = type, Id = id, Data = System.Text.Encoding.UTF8.GetBytes(data) };
        Assert.True((await Services.GetRequiredService<IEventPublisher>().PublishAsync(draft, TestContext.Current.CancellationToken)).IsPublished);
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _app.DisposeAsync();
    }
}
