using Fonte.Client;
using Xunit;

namespace Fonte.Server.Tests;

/// <summary><c>fonte serve</c> on a port and a folder of its own.</summary>
internal sealed class RunningServer : IAsyncDisposable
{
    internal const int Terminate = 15;
    internal const int Interrupt = 2;
    internal const int KillNine = 9;

    private RunningServer(Tool tool, Uri address)
    {
        (Tool, Address) = (tool, address);
        Http = new() { BaseAddress = address };
        Client = new(Http, new FonteClientOptions { HubUrl = Hub, MinimumReconnectionTime = TimeSpan.FromMilliseconds(20) });
    }

    internal Tool Tool { get; }

    internal Uri Address { get; }

    internal Uri Hub => new(Address, "/.well-known/mercure");

    internal HttpClient Http { get; }

    internal FonteClient Client { get; }

    internal static Task<RunningServer> StartAsync(string data, string url = "http://127.0.0.1:0", params string[] more) =>
        WaitAsync(Tool.Start(["serve", "--dev", "--urls", url, "--data", data, .. more]));

    /// <summary>Starts a server with settings of the environment, that lets nobody do what they do not allow.</summary>
    internal static Task<RunningServer> StartWithAsync(IReadOnlyDictionary<string, string> environment, string data = ":memory:", string url = "http://127.0.0.1:0") =>
        WaitAsync(Tool.StartProgram("Fonte.Server", ["serve", "--urls", url, "--data", data], environment));

    internal static Task<RunningServer> StartNativeAsync(string data) =>
        WaitAsync(Tool.StartNative("serve", "--dev", "--urls", "http://127.0.0.1:0", "--data", data));

    internal static Task<RunningServer> StartNativeWithAsync(IReadOnlyDictionary<string, string> environment, string data) =>
        WaitAsync(Tool.StartNative(["serve", "--urls", "http://127.0.0.1:0", "--data", data], environment));

    /// <summary>Starts a server that may open so many files and sockets.</summary>
    internal static Task<RunningServer> StartWithDescriptorsAsync(int descriptors) =>
        WaitAsync(Tool.StartShell($"ulimit -n {descriptors} && exec \"$@\"", "serve", "--dev", "--urls", "http://127.0.0.1:0", "--data", ":memory:"));

    private static async Task<RunningServer> WaitAsync(Tool tool)
    {
        var line = await tool.LineAsync("Now listening on: ");
        return new(tool, new Uri(line[(line.IndexOf("on: ", StringComparison.Ordinal) + 4)..]));
    }

    internal Task<string> PublishAsync(string topic, string data) =>
        Client.PublishAsync(new() { Topics = [topic], Data = data }, TestContext.Current.CancellationToken);

    /// <summary>Reads the first events of a stream.</summary>
    internal async Task<List<string>> ReadAsync(string topic, string? lastEventId, int count)
    {
        var seen = new List<string>();
        await foreach (var received in Client.SubscribeAsync(new() { Topics = [topic], LastEventId = lastEventId }, TestContext.Current.CancellationToken))
        {
            seen.Add(received.Data);
            if (seen.Count == count) break;
        }
        return seen;
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await Tool.DisposeAsync();
    }
}
