using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Fonte.Bench;

/// <summary>An event stream on a raw socket.</summary>
internal sealed class SocketSubscriber(BenchRun run, int topic, int lanes, Memory<byte> buffer) : Subscriber(run, topic, lanes)
{
    // At rest an event fits the subscriber's own small buffer; a burst goes through one large buffer per thread,
    // so that 15,000 connections cost 8 MB of buffers instead of a gigabyte.
    public const int BufferLength = 512;
    [ThreadStatic]
    private static byte[]? _burst;

    private readonly ResponseDecoder _decoder = new();
    private Socket? _socket;
    private EventStreamScanner? _scanner;

    /// <summary>Whether a stream of another type than <c>text/event-stream</c> will do.</summary>
    public bool AnyType { get; init; }

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
                throw new BenchException(_decoder.Head is null ? "The server closed the connection without an answer." : EndedAtOnce);
            Take(buffer.Span[..received]);
            if (_decoder.Head is { } head)
                RequireEventStream(head);
            HasAnswer = _decoder.Head is not null;
            if (_decoder.IsComplete)
                throw new BenchException(EndedAtOnce);
        }

        _decoder.ForgetHead();
        _socket.Blocking = false;
        IsOpen = true;
    }

    public override void End()
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

    public override void Dispose() => _socket?.Dispose();

    protected override async Task ReceiveAsync()
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
        Now = Stopwatch.GetTimestamp();
        while (_decoder.TryRead(ref input, out var body))
        {
            if (_decoder.Head is { Status: not 200 } refused)
                throw Refusal(refused.Status, body);
            _scanner!.Scan(body);
        }
    }

    private void RequireEventStream(ResponseHead head)
    {
        if (head.Status != 200)
            throw Refusal(head.Status, default);
        if (!head.IsEventStream && !AnyType)
            throw NotAnEventStream(head["Content-Type"]);
    }
}
