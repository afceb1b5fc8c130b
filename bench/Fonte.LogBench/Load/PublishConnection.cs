using System.Buffers.Text;
using System.Net;
using System.Net.Sockets;
using Fonte.Bench;

namespace Fonte.LogBench;

/// <summary>One keep-alive connection with at most one publish under way.</summary>
internal sealed class PublishConnection : IDisposable
{
    private readonly Socket _socket;
    private readonly byte[] _buffer = new byte[2048];
    private readonly ResponseDecoder _slow = new();
    private bool _isSlow;

    public PublishConnection(EndPoint endPoint, bool blocking)
    {
        _socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        _socket.Connect(endPoint);
        _socket.Blocking = blocking;
    }

    public nint Handle => _socket.Handle;

    /// <summary>When the request under way was sent.</summary>
    public long SentAt { get; set; }

    /// <summary>When it should have been sent.</summary>
    public long DueAt { get; set; }

    public void Send(ReadOnlySpan<byte> request)
    {
        // A request of some hundred bytes on a connection without another under way always fits.
        if (_socket.Send(request) != request.Length)
            throw new LogBenchException("The socket took only a part of a request.");
    }

    /// <summary>Reads what there is; the status when the answer is complete, otherwise 0.</summary>
    public int Receive()
    {
        var received = _socket.Receive(_buffer, SocketFlags.None, out var error);
        if (error == SocketError.WouldBlock) return 0;
        if (received == 0)
            throw new LogBenchException($"The server ended a publisher's connection ({error}).");
        ReadOnlySpan<byte> input = _buffer.AsSpan(0, received);
        return !_isSlow && TryReadWhole(input, out var status) ? status : ReadPiece(input);
    }

    public void Dispose() => _socket.Dispose();

    // Nearly every answer comes in one piece; the general decoder makes a dictionary of each.
    private static bool TryReadWhole(ReadOnlySpan<byte> answer, out int status)
    {
        status = 0;
        var head = answer.IndexOf("\r\n\r\n"u8);
        if (head < 0 || !answer.StartsWith("HTTP/1.1 "u8)) return false;
        var field = answer[..head].IndexOf("Content-Length: "u8);
        return field >= 0
            && Utf8Parser.TryParse(answer[(field + "Content-Length: ".Length)..], out int length, out _)
            && head + 4 + length == answer.Length
            && Utf8Parser.TryParse(answer["HTTP/1.1 ".Length..], out status, out _);
    }

    private int ReadPiece(ReadOnlySpan<byte> input)
    {
        if (!_isSlow) _slow.Reset();
        _isSlow = true;
        while (_slow.TryRead(ref input, out _)) { }
        if (!_slow.IsComplete) return 0;
        _isSlow = false;
        return _slow.Head!.Status;
    }
}
