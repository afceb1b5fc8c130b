using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Fonte.Client.Tests.Hub;

/// <summary>A TCP listener that answers each connection's one request with given bytes and then cuts the connection.</summary>
internal sealed class RawHub : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly List<string> _requests = [];
    private readonly Task _serving;

    public RawHub(params (string Response, bool Reset)[] script)
    {
        _listener.Start();
        _serving = ServeAsync(script);
    }

    public IReadOnlyList<string> Requests => _requests;

    public Uri Url => new($"http://{_listener.LocalEndpoint}/.well-known/mercure");

    public static string Chunk(string text) => $"{Encoding.UTF8.GetByteCount(text):x}\r\n{text}\r\n";

    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        await _serving;
    }

    private async Task ServeAsync((string Response, bool Reset)[] script)
    {
        foreach (var (response, reset) in script)
        {
            using var socket = await _listener.AcceptSocketAsync();
            _requests.Add(await ReadHeadAsync(socket));
            await socket.SendAsync(Encoding.UTF8.GetBytes(response));
            if (reset)
                socket.LingerState = new LingerOption(true, 0);
            else
                socket.Shutdown(SocketShutdown.Send);
        }
    }

    private static async Task<string> ReadHeadAsync(Socket socket)
    {
        var head = new StringBuilder();
        var buffer = new byte[1024];
        while (!head.ToString().Contains("\r\n\r\n", StringComparison.Ordinal))
        {
            var count = await socket.ReceiveAsync(buffer);
            if (count == 0)
                break;
            head.Append(Encoding.UTF8.GetString(buffer, 0, count));
        }

        return head.ToString();
    }
}
