using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Fonte.Bench;

/// <summary>The answer to one request.</summary>
/// <param name="Status">The status code.</param>
/// <param name="RetryAfter">That field, if it came.</param>
/// <param name="Body">What the server says.</param>
/// <param name="IsLast">Whether the server closes the connection now.</param>
internal readonly record struct HttpAnswer(int Status, string? RetryAfter, string Body, bool IsLast)
{
    public bool IsSuccess => Status is >= 200 and < 300;
}

/// <summary>One keep-alive connection that sends a request and reads its whole answer before the next.</summary>
/// <remarks>A raw socket, because a client library that repeats a request by itself would publish an event twice unseen.</remarks>
internal sealed class HttpExchange : IDisposable
{
    private const int MaximumBody = 64 * 1024;
    private readonly Socket _socket;
    private readonly ResponseDecoder _decoder = new();
    private readonly byte[] _buffer = new byte[4096];

    private HttpExchange(Socket socket) => _socket = socket;

    public static async Task<HttpExchange> ConnectAsync(EndPoint endPoint, CancellationToken cancellationToken)
    {
        var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(endPoint, cancellationToken);
            return new HttpExchange(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Sends a request and returns its answer.</summary>
    /// <exception cref="SocketException">The connection broke or ended: whether the request had an effect is unknown.</exception>
    /// <exception cref="BenchException">The answer is not HTTP/1.1.</exception>
    public async Task<HttpAnswer> SendAsync(ReadOnlyMemory<byte> request, CancellationToken cancellationToken)
    {
        while (!request.IsEmpty)
            request = request[await _socket.SendAsync(request, SocketFlags.None, cancellationToken)..];
        _decoder.Reset();
        var body = "";
        while (!_decoder.IsComplete)
        {
            var received = await _socket.ReceiveAsync(_buffer, SocketFlags.None, cancellationToken);
            if (received == 0 && _decoder.EndsWithConnection)
                break;
            if (received == 0)
                throw new SocketException((int)SocketError.ConnectionReset);
            body = Decode(received, body);
            if (body.Length > MaximumBody)
                throw new BenchException("The server's answer to a publish is longer than 64 KiB.");
        }

        var isLast = _decoder.EndsWithConnection || string.Equals(_decoder.Head!["Connection"], "close", StringComparison.OrdinalIgnoreCase);
        return new HttpAnswer(_decoder.Head!.Status, _decoder.Head["Retry-After"], body, isLast);
    }

    public void Dispose() => _socket.Dispose();

    private string Decode(int received, string body)
    {
        ReadOnlySpan<byte> input = _buffer.AsSpan(0, received);
        while (_decoder.TryRead(ref input, out var piece))
            body += Encoding.UTF8.GetString(piece);
        return body;
    }
}
