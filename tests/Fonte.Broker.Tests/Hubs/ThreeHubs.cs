using Fonte.Server.Tests;

namespace Fonte.Broker.Tests.Hubs;

/// <summary>Three servers, as processes of their own, over one log at a broker; each may be killed and comes back at its address.</summary>
internal sealed class ThreeHubs : IAsyncDisposable
{
    internal const int Count = 3;
    private readonly string _folder = Directory.CreateTempSubdirectory("fonte-three").FullName;
    private readonly Dictionary<string, string> _settings;
    private readonly RunningServer[] _servers = new RunningServer[Count];

    private ThreeHubs(string broker, string url) => _settings = new()
    {
        ["FONTE__DEV"] = "true",
        ["FONTE__BROKER"] = broker,
        ["FONTE__BROKERURL"] = url,
        ["FONTE__CLUSTERKEY"] = "a secret of thirty-two bytes or more, of all",
        ["FONTE__BALLASTBYTES"] = "0",
    };

    internal static async Task<ThreeHubs> StartAsync(string broker, string url)
    {
        var hubs = new ThreeHubs(broker, url);
        for (var n = 0; n < Count; n++) hubs._servers[n] = await hubs.RunAsync(n, "http://127.0.0.1:0");
        foreach (var server in hubs._servers) await UntilReadyAsync(server);
        return hubs;
    }

    internal Uri Address(int hub) => _servers[hub % Count].Address;

    /// <summary>Kills a server as <c>kill -9</c> does it, and starts it again; with its folder, or without.</summary>
    internal async Task KillAsync(int hub, bool wipe = false)
    {
        var server = _servers[hub];
        var address = server.Address;
        server.Tool.Signal(RunningServer.KillNine);
        await server.Tool.EndAsync();
        await server.DisposeAsync();
        if (wipe) Directory.Delete(Folder(hub), recursive: true);
        _servers[hub] = await RunAsync(hub, address.ToString().TrimEnd('/'));
        await UntilReadyAsync(_servers[hub]);
    }

    /// <summary>The answer of a server's readiness check.</summary>
    internal async Task<string> ReadinessAsync(int hub)
    {
        using var response = await _servers[hub].Http.GetAsync(new Uri("/readyz", UriKind.Relative), TestNode.Stop);
        return $"{(int)response.StatusCode} {await response.Content.ReadAsStringAsync(TestNode.Stop)}";
    }

    internal Task UntilAllReadyAsync() => Task.WhenAll(_servers.Select(UntilReadyAsync));

    public async ValueTask DisposeAsync()
    {
        foreach (var server in _servers)
        {
            if (server is not null) await server.DisposeAsync();
        }
        Directory.Delete(_folder, recursive: true);
    }

    private static Task UntilReadyAsync(RunningServer server) => TestNode.UntilAsync(async () =>
    {
        using var response = await server.Http.GetAsync(new Uri("/readyz", UriKind.Relative), TestNode.Stop);
        return response.IsSuccessStatusCode;
    });

    private Task<RunningServer> RunAsync(int hub, string url) => RunningServer.StartWithAsync(_settings, Folder(hub), url);

    private string Folder(int hub) => Path.Combine(_folder, $"{hub}");
}
