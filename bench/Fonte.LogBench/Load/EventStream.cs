using System.Net;
using System.Net.Sockets;
using System.Text;
using Fonte.Bench;

namespace Fonte.LogBench;

/// <summary>One event stream on a raw socket.</summary>
internal sealed class EventStream : IDisposable
{
    private const int SilenceMilliseconds = 20_000;
    private readonly Socket _socket;
    private readonly ResponseDecoder _decoder = new();
    private readonly EventStreamScanner _scanner;
    private bool _isStream;

    /// <summary>Connects and asks.</summary>
    /// <param name="endPoint">The server.</param>
    /// <param name="query">The URL's query, such as <c>match=*&amp;last_event_id=earliest</c>.</param>
    /// <param name="sink">Takes what comes.</param>
    /// <param name="receiveBuffer">The socket's, in bytes; 0 for the system's own choice.</param>
    public EventStream(IPEndPoint endPoint, string query, IEventBlockSink sink, int receiveBuffer = 0)
    {
        _scanner = new EventStreamScanner(sink);
        _socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, ReceiveTimeout = SilenceMilliseconds };
        if (receiveBuffer > 0) _socket.ReceiveBufferSize = receiveBuffer;
        _socket.Connect(endPoint);
        _socket.Send(Encoding.ASCII.GetBytes($"GET /.well-known/mercure?{query} HTTP/1.1\r\nHost: {endPoint}\r\nAccept: text/event-stream\r\n\r\n"));
    }

    /// <summary>Whether a read gives back at once what there is.</summary>
    public bool Blocking { init => _socket.Blocking = value; }

    /// <summary>Reads once; how many bytes came, or 0 when there is nothing to read now.</summary>
    /// <exception cref="LogBenchException">The stream ended, nothing came for 20 s, or the answer is no event stream.</exception>
    public int Read(Span<byte> buffer)
    {
        var received = _socket.Receive(buffer, SocketFlags.None, out var error);
        if (error == SocketError.WouldBlock && !_socket.Blocking) return 0;
        if (error is SocketError.TimedOut or SocketError.WouldBlock)
            throw new LogBenchException($"An event stream brought nothing for {SilenceMilliseconds / 1000} s.");
        if (received == 0)
            throw new LogBenchException($"The server ended an event stream ({error}).");
        ReadOnlySpan<byte> input = buffer[..received];
        while (_decoder.TryRead(ref input, out var body))
        {
            if (!_isStream && _decoder.Head is { } head)
            {
                if (head.Status != 200 || !head.IsEventStream)
                    throw new LogBenchException($"The server answers {head.Status} to a subscriber: {Encoding.UTF8.GetString(body)}");
                _isStream = true;
            }

            _scanner.Scan(body);
        }

        return received;
    }

    public void Dispose() => _socket.Dispose();
}
