namespace Fonte.PeerBench;

/// <summary>One of the ASP.NET Core servers of this program.</summary>
internal sealed class AspNetPeer(string name, string what, Func<int, Load> load) : Peer
{
    public static readonly AspNetPeer Plain = new("aspnet", "ASP.NET Core 10, TypedResults.ServerSentEvents over a Channel for each subscriber",
        port => new() { Url = $"http://127.0.0.1:{port}/stream", PublishUrl = $"http://127.0.0.1:{port}/publish" });

    public static readonly AspNetPeer SignalR = new("signalr", "ASP.NET Core 10, SignalR over its Server-Sent Events transport",
        port => new() { Url = $"http://127.0.0.1:{port}/hub", PublishUrl = $"http://127.0.0.1:{port}/publish", IsSignalR = true });

    public override string Name => name;

    public override string What => what;

    public override Load LoadAt(int port) => load(port);

    protected override ServerStart Prepare(string folder, int port) => new(Environment.ProcessPath!, Load.Own("serve", name, $"{port}"));
}
