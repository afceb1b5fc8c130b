using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Fonte.Bench;

/// <summary>One event stream on a raw socket, and the account of what came on it.</summary>
internal sealed class Subscriber(BenchRun run, int topic, int lanes, Memory<byte> buffer) : IEventBlockSink, IDisposable
{
    // At rest an event fits the subscriber's own small buffer; a burst goes through one large buffer per thread,
    // so that 15,000 connections cost 8 MB of buffers instead of a gigabyte.
    public const int BufferLength = 512;
    [ThreadStatic]
    private static byte[]? _burst;

    private readonly ResponseDecoder _decoder = new();
    private readonly SequenceTracker? _tracker = lanes > 0 ? new SequenceTracker(lanes) : null;
    private Socket? _socket;
    private EventStreamScanner? _scanner;
    private long _now;
    private long _lastOffset = -1;
    private long _seen;
    private long _received;

    public int Topic => topic;

    public SequenceTracker? Tracker => _tracker;

    /// <summary>Events that came at any time.</summary>
    public long Seen => Volatile.Read(ref _seen);

    /// <summary>Events that came while the run counted.</summary>
    public long Received => Volatile.Read(ref _received);

    public bool HasPosition { get; private set; }

    public bool ClosedEarly { get; private set; }

    public long Gaps { get; private set; }

    public long WithoutStamp { get; private set; }

    public long OffsetsRepeated { get; private set; }

    public long OffsetsBack { get; private set; }

    /// <summary>Whether the head of an event stream came.</summary>
    public bool HasAnswer { get; private set; }

    public bool IsOpen { get; private set; }

    /// <summary>Connects and reads the head; with <paramref name="untilPosition"/>, up to the first position block.</summary>
    /// <exception cref="BenchException">The server answers no event stream.</exception>
    public async Task OpenAsync(EndPoint endPoint, byte[] request, bool untilPosition, CancellationToken cancellationToken)
    {
        _scanner = new EventStreamScanner(this);
        _socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        await _socket.ConnectAsync(endPoint, cancellationToken);
        ReadOnlyMemory<byte> rest = request;
        while (!rest.IsEmpty)
            rest = rest[await _socket.SendAsync(rest, SocketFlags.None, cancellationToken)..];
        while (_decoder.Head is null || (untilPosition && !HasPosition))
        {
            var received = await _socket.ReceiveAsync(buffer, SocketFlags.None, cancellationToken);
            if (received == 0)
            {
                throw new BenchException(_decoder.Head is null
                    ? "The server closed the connection without an answer."
                    : "The server ended the event stream at once, as a hub does that is full, not ready or stopping.");
            }

            Take(buffer.Span[..received]);
            if (_decoder.Head is { } head)
                RequireEventStream(head);
            HasAnswer = _decoder.Head is not null;
            if (_decoder.IsComplete)
                throw new BenchException("The server ended the event stream at once, as a hub does that is full, not ready or stopping.");
        }

        _decoder.ForgetHead();
        _socket.Blocking = false;
        IsOpen = true;
    }

    /// <summary>Takes events until the connection ends; never throws for what the server does.</summary>
    public async Task ListenAsync()
    {
        try
        {
            while (!_decoder.IsComplete)
            {
                var received = await _socket!.ReceiveAsync(buffer, SocketFlags.None);
                if (received == 0)
                    break;
                Take(buffer.Span[..received]);
                if (received == buffer.Length)
                    TakeBurst();
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException or BenchException)
        {
            // A broken connection and one that ends are the same to the account: closed early, unless the run is ending.
        }

        ClosedEarly = !run.IsEnding;
    }

    /// <summary>Ends the event stream from this side.</summary>
    public void End()
    {
        try
        {
            // A receive that is waiting then returns 0, which costs far less than the exception of a disposed socket.
            _socket?.Shutdown(SocketShutdown.Both);
        }
        catch (SocketException)
        {
            // Ended by the server already.
        }
    }

    public void OnBlock(in EventBlock block)
    {
        if (!block.HasData)
        {
            HasPosition = true;
            return;
        }

        _seen++;
        if (block.IsGap)
        {
            Gaps++;
            return;
        }

        if (!run.IsCounting)
            return;
        _received++;
        var isInOrder = Observe(in block);
        if (block.Offset < 0)
            return;
        if (isInOrder && block.Offset == _lastOffset)
            OffsetsRepeated++;
        else if (isInOrder && block.Offset < _lastOffset)
            OffsetsBack++;
        _lastOffset = Math.Max(_lastOffset, block.Offset);
    }

    public void Dispose() => _socket?.Dispose();

    private bool Observe(in EventBlock block)
    {
        if (_tracker is null)
            return true;
        var violations = _tracker.Twice + _tracker.OutOfOrder;
        if (!block.HasStamp || !_tracker.Observe(block.Stamp.Lane, block.Stamp.Sequence))
        {
            WithoutStamp++;
            return true;
        }

        run.Latency.Record(_now - block.Stamp.Timestamp);
        return violations == _tracker.Twice + _tracker.OutOfOrder;
    }

    private void TakeBurst()
    {
        var burst = _burst ??= GC.AllocateUninitializedArray<byte>(64 * 1024);
        int received;
        do
        {
            received = _socket!.Receive(burst, SocketFlags.None, out var error);
            if (error != SocketError.Success)
                return;
            Take(burst.AsSpan(0, received));
        }
        while (received == burst.Length);
    }

    private void Take(ReadOnlySpan<byte> input)
    {
        _now = Stopwatch.GetTimestamp();
        while (_decoder.TryRead(ref input, out var body))
        {
            if (_decoder.Head is { Status: not 200 } refused)
                throw Refusal(refused, body);
            _scanner!.Scan(body);
        }
    }

    private static void RequireEventStream(ResponseHead head)
    {
        if (head.Status != 200)
            throw Refusal(head, default);
        if (!head.IsEventStream)
        {
            throw new BenchException(
                $"The server answers '{head["Content-Type"] ?? "no content type"}', not an event stream (text/event-stream).");
        }
    }

    private static BenchException Refusal(ResponseHead head, ReadOnlySpan<byte> body)
    {
        var text = Encoding.UTF8.GetString(body[..Math.Min(body.Length, 300)]).ReplaceLineEndings(" ").Trim();
        return new BenchException(string.Create(CultureInfo.InvariantCulture,
            $"The server answers {head.Status} to a subscriber{(text.Length > 0 ? ": " + text : ".")}"));
    }
}
