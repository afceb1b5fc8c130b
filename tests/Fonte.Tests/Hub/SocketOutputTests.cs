using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Xunit;

namespace Fonte.Tests.Hub;

/// <summary>Streams straight to real sockets, whose every byte is compared.</summary>
public sealed class SocketOutputTests
{
    private const int Small = 4096;

    [Theory]
    [InlineData(20, 100, 1)]
    [InlineData(20, 2_000, 20)]
    [InlineData(5, 70_000, 1)]
    public async Task Every_byte_arrives_once_and_in_order_however_slowly_it_is_read(int streams, int size, int pause)
    {
        await using var hub = new TestHub();
        var opened = await Task.WhenAll(Enumerable.Range(0, streams).Select(_ => SocketStream.OpenAsync(hub)));
        var expected = new StringBuilder();
        var reading = opened.Select((stream, n) => stream.ReadAllAsync(slowly: n % 2 == 0 ? pause : 0)).ToList();
        for (var n = 0; n < 300; n++)
        {
            var data = $"{n} {new string((char)('a' + (n % 26)), (n * 37 % size) + 1)}";
            var id = await hub.PublishAsync("a", data);
            var block = $"id: {id}\ndata: {data}\n\n";
            expected.Append(CultureInfo.InvariantCulture, $"{block.Length:x}\r\n{block}\r\n");
        }
        await hub.PublishAsync("a", "last");
        foreach (var (stream, task) in opened.Zip(reading))
        {
            var text = await task;
            Assert.Equal(expected.ToString(), text[..expected.Length]);
            await stream.DisposeAsync();
        }
    }

    [Fact]
    public async Task Subscriber_that_never_reads_is_cut_after_the_write_timeout_and_not_at_a_boundary()
    {
        await using var hub = new TestHub(options: new() { WriteTimeout = TimeSpan.FromSeconds(60) });
        await using var stream = await SocketStream.OpenAsync(hub);
        for (var n = 0; n < 20; n++) await hub.PublishAsync("a", new string('x', 500_000));
        while (!stream.End.IsCompleted)
        {
            hub.Time.Advance(TimeSpan.FromSeconds(30));
            await Task.WhenAny(stream.End, Task.Delay(10, TestHub.Stop));
        }
        Assert.Equal(new(DisconnectReason.WriteTimeout, AtBoundary: false), await stream.End);
    }

    [Fact]
    public async Task Delivery_allocates_nothing()
    {
        const int Streams = 200;
        const int Events = 100;
        await using var one = new TestHub();
        await using var many = new TestHub();
        var single = new[] { await SocketStream.OpenAsync(one, small: false) };
        var streams = await Task.WhenAll(Enumerable.Range(0, Streams).Select(_ => SocketStream.OpenAsync(many, small: false)));
        await AllocatedAsync(one, single, Events);
        await AllocatedAsync(many, streams, Events);
        var byOne = await AllocatedAsync(one, single, Events);
        var byMany = await AllocatedAsync(many, streams, Events);
        // Publishing and encoding, once for all, are in both; one object a delivery would be 24 bytes.
        Assert.InRange((byMany - byOne) / (double)((Streams - 1) * Events), double.MinValue, 1);
        foreach (var stream in (SocketStream[])[.. single, .. streams]) await stream.DisposeAsync();
    }

    // One event at a time, each waited for.
    private static async Task<long> AllocatedAsync(TestHub hub, SocketStream[] streams, int events)
    {
        var waiting = new int[streams.Length];
        var before = GC.GetTotalAllocatedBytes(precise: true);
        for (var n = 0; n < events; n++)
        {
            for (var i = 0; i < streams.Length; i++) waiting[i] = streams[i].Available;
            await hub.PublishAsync("a", "a small event");
            for (var i = 0; i < streams.Length; i++)
            {
                while (streams[i].Available == waiting[i]) Thread.Yield();
            }
        }
        return GC.GetTotalAllocatedBytes(precise: true) - before;
    }

    /// <summary>Both ends of a connection with small buffers: the hub writes to one, the test reads the other.</summary>
    private sealed class SocketStream : IAsyncDisposable
    {
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
            return new(client, server, handle.WaitAsync(CancellationToken.None));
        }

        /// <summary>Everything from the first event up to the one whose data is "last", chunk sizes included.</summary>
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
            var all = text.ToString();
            // The first chunk is what every stream begins with: the reconnection time and a position.
            return all[(all.IndexOf("\n\n\r\n", StringComparison.Ordinal) + 4)..];
        }

        public ValueTask DisposeAsync()
        {
            _client.Dispose();
            _server.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
