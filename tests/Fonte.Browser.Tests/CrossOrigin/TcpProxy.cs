using System.Net;
using System.Net.Sockets;

namespace Fonte.Browser.Tests.CrossOrigin;

/// <summary>Forwards connections without looking into them; cuts all that are open on command, and holds those that come next.</summary>
internal sealed class TcpProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly List<Task> _connections = [];
    private readonly Lock _lock = new();
    private CancellationTokenSource _cut = new();
    private TaskCompletionSource _gate = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _accepting;

    internal TcpProxy(int port)
    {
        _listener.Start();
        Open();
        _accepting = AcceptAsync(port);
    }

    internal int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    internal void Cut()
    {
        CancellationTokenSource cut;
        lock (_lock)
        {
            _gate = new(TaskCreationOptions.RunContinuationsAsynchronously);
            (cut, _cut) = (_cut, new());
        }
        cut.Cancel();
        cut.Dispose();
    }

    internal void Open() => _gate.SetResult();

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        Cut();
        await _accepting;
        await Task.WhenAll(_connections);
        _listener.Dispose();
        _cut.Dispose();
        _end.Dispose();
    }

    private async Task AcceptAsync(int port)
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptTcpClientAsync(_end.Token);
                lock (_lock) _connections.Add(ForwardAsync(client, port, _gate.Task, _cut.Token));
            }
        }
        catch (OperationCanceledException)
        {
            // The end.
        }
    }

    private async Task ForwardAsync(TcpClient client, int port, Task gate, CancellationToken cut)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cut, _end.Token);
        using var owned = client;
        using var server = new TcpClient();
        try
        {
            await gate.WaitAsync(stop.Token);
            await server.ConnectAsync(IPAddress.Loopback, port, stop.Token);
            await Task.WhenAny(
                client.GetStream().CopyToAsync(server.GetStream(), stop.Token),
                server.GetStream().CopyToAsync(client.GetStream(), stop.Token));
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException or SocketException)
        {
            // Cut, or one side went away: both are closed.
        }
        await stop.CancelAsync();
    }
}
