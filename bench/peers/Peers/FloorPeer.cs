using System.Diagnostics;

namespace Fonte.PeerBench;

/// <summary>A loop in C with one <c>send()</c> for each delivery.</summary>
internal sealed class FloorPeer : Peer
{
    public override string Name => "floor";

    public override string What => "a loop in C, one send() a delivery, nothing kept";

    public override Load LoadAt(int port) => new() { Url = $"http://127.0.0.1:{port}/stream", PublishUrl = $"http://127.0.0.1:{port}/publish" };

    protected override ServerStart Prepare(string folder, int port)
    {
        var program = Path.Combine(folder, "floor");
        if (!File.Exists(program))
        {
            using var compiler = Process.Start("gcc", ["-O2", "-o", program, Path.Combine(AppContext.BaseDirectory, "Servers", "floor.c")]);
            compiler.WaitForExit();
            if (compiler.ExitCode != 0) throw new PeerBenchException("gcc does not compile floor.c: apt-get install gcc libc6-dev");
        }

        return new(program, [$"{port}"]);
    }
}
