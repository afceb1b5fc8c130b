namespace Fonte.PeerBench;

/// <summary>Fonte's server with its durable log, on the shared runtime or as one native executable.</summary>
internal sealed class FontePeer(string name, string server, params string[] options) : Peer
{
    public override string Name => name;

    public override string What => server.EndsWith(".dll", StringComparison.Ordinal)
        ? "Fonte on the shared .NET runtime, durable log, synchronous=FULL"
        : "Fonte as Native AOT executable, durable log, synchronous=FULL";

    public override Load LoadAt(int port) => new() { Url = $"http://127.0.0.1:{port}" };

    /// <summary>Settings of the environment.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();

    // With a certificate it also listens at the next port, over TLS; the addresses are bound in this order.
    private bool IsSecure => options.Contains("--tls-cert");

    protected override int ReadyPort(int port) => IsSecure ? port + 1 : port;

    protected override ServerStart Prepare(string folder, int port)
    {
        if (!File.Exists(server)) throw new PeerBenchException($"There is no {server}: build it first ({(server.EndsWith(".dll", StringComparison.Ordinal) ? "dotnet build" : "./run build-aot")}).");
        var urls = $"http://127.0.0.1:{port}" + (IsSecure ? $";https://127.0.0.1:{port + 1}" : "");
        string[] serve = ["serve", "--dev", "--urls", urls, "--data", Path.Combine(folder, "data"), .. options];
        return server.EndsWith(".dll", StringComparison.Ordinal) ? new("dotnet", [server, .. serve]) { Environment = Settings } : new(server, serve) { Environment = Settings };
    }
}
