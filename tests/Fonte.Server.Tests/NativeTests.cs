using Xunit;

namespace Fonte.Server.Tests;

/// <summary>The native executable, which <c>./test</c> builds first.</summary>
public sealed class NativeTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Native_server_publishes_delivers_resumes_and_ends_cleanly()
    {
        string first;
        await using (var server = await RunningServer.StartNativeAsync(_folder.Path))
        {
            first = await server.PublishAsync("a", "1");
            await server.PublishAsync("a", "2");
            Assert.Equal(["1", "2"], await server.ReadAsync("a", "earliest", 2));
            server.Tool.Signal(RunningServer.Terminate);
            Assert.Equal(0, (await server.Tool.EndAsync()).ExitCode);
        }
        await using var again = await RunningServer.StartNativeAsync(_folder.Path);
        Assert.Equal(["2"], await again.ReadAsync("a", first, 1));
        Assert.Contains("fonte_connection_active", await again.Http.GetStringAsync(new Uri(again.Address, "/metrics"), TestContext.Current.CancellationToken), StringComparison.Ordinal);
        await using var verify = Tool.StartNative("log", "verify", "--data", _folder.Path);
        var verified = await verify.EndAsync();
        Assert.Equal((0, ""), (verified.ExitCode, verified.Errors));
    }

    [Fact]
    public async Task Native_server_has_the_dashboard_open_in_development()
    {
        await using var server = await RunningServer.StartNativeAsync(_folder.Path);
        await server.PublishAsync("a", "1");
        var stop = TestContext.Current.CancellationToken;
        Assert.Contains("<h1 data-i18n=\"heading\">", await server.Http.GetStringAsync(new Uri(server.Address, "/dashboard/"), stop), StringComparison.Ordinal);
        Assert.Contains("FonteSource", await server.Http.GetStringAsync(new Uri(server.Address, "/dashboard/fonte.js"), stop), StringComparison.Ordinal);
        Assert.Contains("\"published\":1", await server.Http.GetStringAsync(new Uri(server.Address, "/dashboard/api/state"), stop), StringComparison.Ordinal);
        Assert.Contains("\"client-gone\":", await server.Http.GetStringAsync(new Uri(server.Address, "/dashboard/api/connections"), stop), StringComparison.Ordinal);
        Assert.Contains("\"value\":\"7\"", await server.Http.GetStringAsync(new Uri(server.Address, "/dashboard/api/match?pattern=/b/:id&topic=/b/7"), stop), StringComparison.Ordinal);
    }
}
