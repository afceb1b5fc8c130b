using System.Buffers.Binary;
using System.Text;

namespace Fonte.Bench;

/// <summary>A WebSocket (RFC 6455), of which only what a server sends is understood: the run sends nothing but its opening.</summary>
internal sealed class WebSocketClient(BenchRun run, BenchTarget target, string topic) : TransportClient(run, target, topic)
{
    private const string Path = "/fonte/socket";
    private const byte Text = 1;
    private const byte Close = 8;
    private readonly PieceBuffer _bytes = new();

    protected override async Task ReceiveAsync(CancellationToken cancellationToken)
    {
        const string upgrade = "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
        await SendAsync(Target.Get($"{Path}?match={Topic}", fields: upgrade), cancellationToken);
        int end;
        while ((end = _bytes.Bytes.IndexOf("\r\n\r\n"u8)) < 0) _bytes.Add((await ReadAsync(cancellationToken)).Span);
        RequireStatus(ResponseHead.Parse(_bytes.Bytes[..end]), 101, Path);
        _bytes.Remove(end + 4);
        while (true)
        {
            while (TryReadFrame(out var length)) _bytes.Remove(length);
            _bytes.Add((await ReadAsync(cancellationToken)).Span);
        }
    }

    private bool TryReadFrame(out int length)
    {
        var bytes = _bytes.Bytes;
        length = 0;
        if (bytes.Length < 2) return false;
        var (header, payload) = (bytes[1] & 0x7F) switch
        {
            126 when bytes.Length >= 4 => (4, BinaryPrimitives.ReadUInt16BigEndian(bytes[2..])),
            127 when bytes.Length >= 10 => (10, (int)BinaryPrimitives.ReadUInt64BigEndian(bytes[2..])),
            126 or 127 => (int.MaxValue, 0),
            var small => (2, small),
        };
        if (header == int.MaxValue || bytes.Length < header + payload) return false;
        length = header + payload;
        var operation = bytes[0] & 0x0F;
        if (operation == Close) throw new BenchException($"The server closed a WebSocket: {Encoding.UTF8.GetString(bytes[header..length][2..])}");
        IsOpen = true;
        if (operation == Text) Take(bytes[header..length], "\"data\":\""u8);
        return true;
    }
}
