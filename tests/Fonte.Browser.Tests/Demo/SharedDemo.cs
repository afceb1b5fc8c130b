using Fonte.Browser.Tests.Demo;
using Xunit;

[assembly: AssemblyFixture(typeof(SharedDemo))]

namespace Fonte.Browser.Tests.Demo;

/// <summary>One demo that anyone may publish to, for all tests that leave it running.</summary>
public sealed class SharedDemo : IAsyncLifetime
{
    private DemoProcess _process = null!;

    public HttpClient Http { get; private set; } = null!;

    public Uri Address => _process.Address;

    public async ValueTask InitializeAsync()
    {
        _process = await DemoProcess.StartAsync("--urls", DemoProcess.AnyPort, "--data", ":memory:", "--dev");
        Http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = Address, Timeout = TimeSpan.FromSeconds(30) };
    }

    /// <summary>Publishes to the hub over HTTP; when this returns, the event is in the log.</summary>
    public async Task PublishAsync(string topic, string data)
    {
        using var form = new FormUrlEncodedContent([new("topic", topic), new("data", data)]);
        using var response = await Http.PostAsync(new Uri("/.well-known/mercure", UriKind.Relative), form);
        Assert.True(response.IsSuccessStatusCode, $"Publishing answered {(int)response.StatusCode}.");
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _process.DisposeAsync();
    }
}
