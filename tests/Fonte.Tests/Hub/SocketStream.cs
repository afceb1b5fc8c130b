using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Xunit;

namespace Fonte.Tests.Hub;

/// <summary>Both ends of a connection with small buffers: the hub writes to one, the test reads the other.</summary>
internal sealed class SocketStream : IAsyncDisposable
{
    private const int Small = 4096;
    private readonly Socket _client;
    private readonly Socket _server;

    private SocketStream(Socket client, Socket server, Task<StreamEnd> end) => (_client, _server, End) = (client, server, end);

    internal Task<StreamEnd> End { get; }

    /// <summary>How many bytes have come that were not read.</summary>
    internal int Available => _client.Available;

    internal static async Task<SocketStream> OpenAsync(TestHub hub, bool small = true)
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        if (small) client.ReceiveBufferSize = Small;
        await client.ConnectAsync(listener.LocalEndPoint!, TestHub.Stop);
        var server = await listener.AcceptAsync(TestHub.Stop);
        server.NoDelay = true;
        if (small) server.SendBufferSize = Small;
        var request = new SubscribeRequest { Matchers = [TopicMatcher.Exact("a")] };
        var handle = hub.Hub.Subscribe(request, hub.Hub.Resume(request)!, new SocketOutput(server, server.Dispose))!;
        return new(client, server, EndAsync(handle));
    }

    // Where it is depends on how far its pump has come.
    private static async Task<StreamEnd> EndAsync(SubscriberHandle handle) => await handle.EndAsync(CancellationToken.None) with { Next = 0 };

    /// <summary>Reads so many bytes, and returns how many that were.</summary>
    internal async Task<int> ReadSomeAsync(int length)
    {
        var buffer = new byte[length];
        var read = 0;
        for (var received = 1; read < length && received > 0; read += received) received = await _client.ReceiveAsync(buffer.AsMemory(read), SocketFlags.None, TestHub.Stop);
        return read;
    }

    /// <summary>Everything from the first event up to the one whose data is "last".</summary>
    internal async Task<string> ReadAllAsync(int slowly)
    {
        var text = new StringBuilder();
        var buffer = new byte[slowly > 0 ? 700 : 16 * 1024];
        for (var reads = 1; !text.ToString(Math.Max(0, text.Length - 20), Math.Min(20, text.Length)).EndsWith("data: last\n\n\r\n", StringComparison.Ordinal); reads++)
        {
            var received = await _client.ReceiveAsync(buffer, SocketFlags.None, TestHub.Stop);
            Assert.NotEqual(0, received);
            text.Append(Encoding.ASCII.GetString(buffer, 0, received));
            if (slowly > 0 && reads % 16 == 0) await Task.Delay(slowly, TestHub.Stop);
        }
        return Unchunk(text.ToString());
    }

    // Strictly: size in hexadecimal, CRLF, so many bytes, CRLF. The first chunk is what every stream begins with: the reconnection time and a position.
    private static string Unchunk(string all)
    {
        var body = new StringBuilder();
        for (var at = 0; at < all.Length;)
        {
            var line = all.IndexOf("\r\n", at, StringComparison.Ordinal);
            var size = int.Parse(all.AsSpan(at..line), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
            if (at > 0) body.Append(all, line + 2, size);
            Assert.Equal("\r\n", all.Substring(line + 2 + size, 2));
            at = line + 2 + size + 2;
        }
        return body.ToString();
    }

    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        _server.Dispose();
        return ValueTask.CompletedTask;
    }
}
