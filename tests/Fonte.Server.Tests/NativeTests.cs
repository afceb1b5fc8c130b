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
}
