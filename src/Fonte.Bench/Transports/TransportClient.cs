using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Fonte.Bench;

/// <summary>One client of one of the four ways to be told, and what it cost on the wire: bytes of HTTP and above, without TCP's own.</summary>
internal abstract class TransportClient(BenchRun run, BenchTarget target, string topic) : IDisposable
{
    private const int BufferLength = 4096;
    private readonly byte[] _buffer = new byte[BufferLength];
    private readonly SequenceTracker _tracker = new(lanes: 1);
    private Socket? _socket;

    public long Requests { get; private set; }

    public long BytesUp { get; private set; }

    public long BytesDown { get; private set; }

    public long Received { get; private set; }

    public SequenceTracker Tracker => _tracker;

    /// <summary>Whether it has its place in the log: what is published from now on is for it.</summary>
    public bool IsOpen { get; protected set; }

    public string? Failure { get; private set; }

    protected BenchTarget Target => target;

    protected string Topic => topic;

    /// <summary>Opens, then receives until cancelled; what goes wrong is in <see cref="Failure"/>.</summary>
    public async Task RunAsync(EndPoint endPoint, CancellationToken cancellationToken)
    {
        try
        {
            _socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await _socket.ConnectAsync(endPoint, cancellationToken);
            await ReceiveAsync(cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The run is over.
        }
        catch (Exception exception) when (exception is SocketException or BenchException)
        {
            Failure = exception.Message;
        }
    }

    /// <summary>Forgets what opening cost, so that only the time of publishing counts.</summary>
    public void BeginCounting() => (Requests, BytesUp, BytesDown, Received) = (0, 0, 0, 0);

    public void Dispose() => _socket?.Dispose();

    protected abstract Task ReceiveAsync(CancellationToken cancellationToken);

    protected async Task SendAsync(string request, CancellationToken cancellationToken)
    {
        ReadOnlyMemory<byte> rest = Encoding.ASCII.GetBytes(request);
        Requests++;
        BytesUp += rest.Length;
        while (!rest.IsEmpty) rest = rest[await _socket!.SendAsync(rest, SocketFlags.None, cancellationToken)..];
    }

    /// <summary>The next bytes, of this call only.</summary>
    /// <exception cref="SocketException">The server closed the connection.</exception>
    protected async Task<ReadOnlyMemory<byte>> ReadAsync(CancellationToken cancellationToken)
    {
        var received = await _socket!.ReceiveAsync(_buffer, SocketFlags.None, cancellationToken);
        if (received == 0) throw new SocketException((int)SocketError.ConnectionReset);
        BytesDown += received;
        return _buffer.AsMemory(0, received);
    }

    /// <summary>Accounts for the events in a piece of text that holds each of them whole; their data begins behind the marker.</summary>
    protected void Take(ReadOnlySpan<byte> text, ReadOnlySpan<byte> marker)
    {
        var now = Stopwatch.GetTimestamp();
        for (var at = text.IndexOf(marker); at >= 0; at = text.IndexOf(marker))
        {
            text = text[(at + marker.Length)..];
            if (!Stamp.TryRead(text, out var stamp) || !_tracker.Observe(stamp.Lane, stamp.Sequence)) continue;
            Received++;
            run.Latency.Record(now - stamp.Timestamp);
        }
    }

    protected static void RequireStatus(ResponseHead head, int status, string path)
    {
        if (head.Status != status) throw new BenchException($"The server answers {head.Status} at {path}: it must be a Fonte hub that lets the run read.");
    }
}
