using System.Net;
using System.Net.Sockets;
using System.Text;
using Fonte.Bench;

namespace Fonte.Durability;

/// <summary>Opens a stream to see whether the hub still replays.</summary>
internal sealed class StreamProbe(IPEndPoint endPoint)
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    /// <summary>Whether an event comes from the beginning of the log, within five seconds.</summary>
    public async Task<bool> IsReplayedAsync(CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Timeout);
        using var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        var decoder = new ResponseDecoder();
        var isReplayed = false;
        var blocks = new BlockReader(block => isReplayed |= block.Data is not null);
        var buffer = new byte[16 * 1024];
        try
        {
            await socket.ConnectAsync(endPoint, limit.Token);
            await socket.SendAsync(Encoding.ASCII.GetBytes(
                $"GET /.well-known/mercure?match={Content.Topics[0]}&last_event_id=earliest HTTP/1.1\r\nHost: {endPoint}\r\n\r\n"), SocketFlags.None, limit.Token);
            while (!isReplayed && await socket.ReceiveAsync(buffer, SocketFlags.None, limit.Token) is var received and > 0)
                Decode(buffer.AsSpan(0, received));
            return isReplayed;
        }
        catch (Exception exception) when (exception is SocketException or BenchException ||
            (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return false;
        }

        void Decode(ReadOnlySpan<byte> input)
        {
            while (decoder.TryRead(ref input, out var body))
                blocks.Read(body);
        }
    }
}
