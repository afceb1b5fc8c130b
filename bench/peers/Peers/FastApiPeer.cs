namespace Fonte.PeerBench;

/// <summary>The lecture's server: FastAPI on uvicorn, a queue for each subscriber.</summary>
internal sealed class FastApiPeer : Peer
{
    public override string Name => "fastapi";

    public override string What => "FastAPI with a queue for each subscriber, on uvicorn (Debian 12)";

    public override Load LoadAt(int port) => new() { Url = $"http://127.0.0.1:{port}/stream", PublishUrl = $"http://127.0.0.1:{port}/publish" };

    protected override ServerStart Prepare(string folder, int port)
    {
        Installed("/usr/lib/python3/dist-packages/fastapi/__init__.py", "python3-fastapi python3-uvicorn uvicorn");
        var source = Path.Combine(AppContext.BaseDirectory, "Servers");
        return new("/usr/bin/python3", ["-m", "uvicorn", "--app-dir", source, "fastapi_server:app", "--host", "127.0.0.1", "--port", $"{port}",
            "--backlog", "4096", "--no-access-log", "--log-level", "warning"]);
    }
}
