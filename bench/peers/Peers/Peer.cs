using System.Net;
using System.Net.Sockets;

namespace Fonte.PeerBench;

/// <summary>A server to measure: how it is started, and how the load speaks to it.</summary>
internal abstract class Peer
{
    private const int PortsEach = 5;
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(60);

    /// <summary>As it is chosen by and shown.</summary>
    public abstract string Name { get; }

    /// <summary>What it is, with its version, for the reader of the results.</summary>
    public abstract string What { get; }

    /// <summary>How the load speaks to it.</summary>
    public abstract Load LoadAt(int port);

    /// <summary>The program and its arguments; files it needs go into the folder.</summary>
    /// <exception cref="PeerBenchException">It is not installed.</exception>
    protected abstract ServerStart Prepare(string folder, int port);

    /// <summary>The port at which it is ready when it accepts connections.</summary>
    protected virtual int ReadyPort(int port) => port;

    /// <summary>Waits for one that accepts connections before it can answer.</summary>
    protected virtual Task WaitUntilAnsweringAsync(int port, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Starts it, and waits until it accepts connections.</summary>
    /// <exception cref="PeerBenchException">It is not installed, or does not start.</exception>
    public async Task<RunningPeer> StartAsync(string folder, Placement placement, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(folder);
        var port = FreePort();
        var start = Prepare(folder, port);
        var child = ChildProcess.Start(placement.ServerCores, start.Program, start.Arguments, folder, start.Environment);
        try
        {
            await WaitUntilReadyAsync(child, ReadyPort(port), cancellationToken);
            await WaitUntilAnsweringAsync(port, cancellationToken);
            return new RunningPeer(child, LoadAt(port) with { ProcessId = child.Process.Id }, port);
        }
        catch
        {
            child.Dispose();
            throw;
        }
    }

    protected static string Installed(string file, string package) =>
        File.Exists(file) ? file : throw new PeerBenchException($"{file} is missing: apt-get install --no-install-recommends {package}");

    private async Task WaitUntilReadyAsync(ChildProcess child, int port, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(StartTimeout);
        while (true)
        {
            if (child.Process.HasExited) throw new PeerBenchException($"{Name} ended by itself: {child.Error.Trim()}");
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                await socket.ConnectAsync(IPAddress.Loopback, port, limit.Token);
                return;
            }
            catch (SocketException)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(20), limit.Token);
            }
        }
    }

    // Below those that the system gives to outgoing connections, with the next few free too.
    private static int FreePort()
    {
        while (true)
        {
            var port = Random.Shared.Next(20_000, 30_000);
            if (Enumerable.Range(port, PortsEach).All(IsFree)) return port;
        }
    }

    private static bool IsFree(int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}

/// <summary>What to start.</summary>
internal sealed record ServerStart(string Program, IReadOnlyList<string> Arguments)
{
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();
}

/// <summary>A started peer.</summary>
internal sealed class RunningPeer(ChildProcess child, Load load, int port) : IDisposable
{
    public Load Load { get; } = load;

    public int Port { get; } = port;

    public int ProcessId => child.Process.Id;

    public void Dispose() => child.Dispose();
}
