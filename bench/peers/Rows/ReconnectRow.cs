using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Fonte.Bench;

namespace Fonte.PeerBench;

/// <summary>Everybody comes back at once, each from another place.</summary>
internal static class ReconnectRow
{
    private const int Subscribers = 10_000;
    private const int Events = 2_000;
    private static readonly TimeSpan LongEnough = TimeSpan.FromSeconds(120);

    public static readonly Row InWindow = Make("reconnect", "within the recent window", 30, 10);

    // 100 events take about 35 kB in memory.
    public static readonly Row FromLog = Make("reconnect-log", "with the window set to about 100 events", 60, 20, "--recent-window-bytes", "35000");

    private static Row Make(string name, string what, double bar, double goal, params string[] options) => new(
        name, $"10,000 subscribers reconnect at once, cursors spread over the last 2,000 events of 100 bytes, {what}: until all are current",
        async (run, cancellationToken) =>
        {
            using var server = await run.StartAsync(cancellationToken, options);
            var endPoint = new IPEndPoint(IPAddress.Loopback, server.Peer.Port);
            var epoch = await PublishAsync(endPoint, cancellationToken);
            var dropped = Dropped();
            var begun = Stopwatch.GetTimestamp();
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            limit.CancelAfter(LongEnough);
            await Task.WhenAll(Enumerable.Range(0, Subscribers).Select(n => ReadAsync(endPoint, epoch, n * Events / Subscribers, limit.Token)));
            return new() { ["all current after, s"] = Stopwatch.GetElapsedTime(begun).TotalSeconds, ["SYN dropped"] = Dropped() - dropped };
        },
        new Dictionary<string, (double, double)> { ["all current after, s"] = (bar, goal), ["SYN dropped"] = (0, 0) });

    private static async Task<string> PublishAsync(IPEndPoint endPoint, CancellationToken cancellationToken)
    {
        using var exchange = await HttpExchange.ConnectAsync(endPoint, cancellationToken);
        var body = "topic=a&data=" + new string('x', 100);
        var request = Encoding.ASCII.GetBytes($"POST /.well-known/mercure HTTP/1.1\r\nHost: {endPoint}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {body.Length}\r\n\r\n{body}");
        var id = "";
        for (var n = 0; n < Events; n++) id = (await exchange.SendAsync(request, cancellationToken)).Body;
        return id[..(id.LastIndexOf(':') + 1)];
    }

    // Each event once and in order, from the one after the cursor to the last.
    private static async Task ReadAsync(IPEndPoint endPoint, string epoch, int cursor, CancellationToken cancellationToken)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(endPoint, cancellationToken);
        await socket.SendAsync(Encoding.ASCII.GetBytes($"GET /.well-known/mercure?match=a HTTP/1.1\r\nHost: {endPoint}\r\nLast-Event-ID: {epoch}{cursor}\r\n\r\n"), SocketFlags.None, cancellationToken);
        var decoder = new ResponseDecoder();
        var sink = new Sink(cursor);
        var scanner = new EventStreamScanner(sink);
        var buffer = new byte[8192];
        while (sink.Last < Events)
        {
            var received = await socket.ReceiveAsync(buffer, SocketFlags.None, cancellationToken);
            if (received == 0) throw new PeerBenchException("A stream ended before it was current.");
            Scan(decoder, scanner, buffer.AsSpan(0, received));
        }
    }

    private static void Scan(ResponseDecoder decoder, EventStreamScanner scanner, ReadOnlySpan<byte> input)
    {
        while (decoder.TryRead(ref input, out var body)) scanner.Scan(body);
    }

    private static double Dropped()
    {
        var lines = File.ReadAllLines("/proc/net/netstat");
        var names = lines[0].Split(' ');
        var values = lines[1].Split(' ');
        return ((string[])["ListenDrops", "ListenOverflows", "TCPReqQFullDrop"]).Sum(name => Array.IndexOf(names, name) is >= 0 and var at ? double.Parse(values[at], CultureInfo.InvariantCulture) : 0);
    }

    private sealed class Sink(long cursor) : IEventBlockSink
    {
        public long Last { get; private set; } = cursor;

        public void OnBlock(in EventBlock block)
        {
            if (block.IsGap) throw new PeerBenchException("A gap was told.");
            if (!block.HasData) return;
            if (block.Offset != Last + 1) throw new PeerBenchException($"Offset {block.Offset} came after {Last}.");
            Last = block.Offset;
        }
    }
}
