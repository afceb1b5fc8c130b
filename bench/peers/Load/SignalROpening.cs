using System.Net;
using System.Text;
using System.Text.Json;
using Fonte.Bench;

namespace Fonte.PeerBench;

/// <summary>How a SignalR client opens an event stream: negotiate, GET, then the handshake by POST.</summary>
internal sealed class SignalROpening : IStreamOpening
{
    private string _token = "";

    public async Task<byte[]> RequestAsync(EndPoint endPoint, CancellationToken cancellationToken)
    {
        using var exchange = await HttpExchange.ConnectAsync(endPoint, cancellationToken);
        var answer = await exchange.SendAsync(Request(endPoint, "POST /hub/negotiate?negotiateVersion=1", ""), cancellationToken);
        if (!answer.IsSuccess) throw new BenchException($"SignalR answers {answer.Status} to the negotiation.");
        using var json = JsonDocument.Parse(answer.Body);
        _token = json.RootElement.GetProperty("connectionToken").GetString()!;
        return Encoding.ASCII.GetBytes($"GET /hub?id={_token} HTTP/1.1\r\nHost: {endPoint}\r\nAccept: text/event-stream\r\n\r\n");
    }

    public async Task OpenedAsync(EndPoint endPoint, CancellationToken cancellationToken)
    {
        using var exchange = await HttpExchange.ConnectAsync(endPoint, cancellationToken);
        var answer = await exchange.SendAsync(Request(endPoint, $"POST /hub?id={_token}", "{\"protocol\":\"json\",\"version\":1}\u001e"), cancellationToken);
        if (!answer.IsSuccess) throw new BenchException($"SignalR answers {answer.Status} to the handshake.");
    }

    private static byte[] Request(EndPoint endPoint, string line, string body) =>
        Encoding.ASCII.GetBytes($"{line} HTTP/1.1\r\nHost: {endPoint}\r\nContent-Type: text/plain\r\nContent-Length: {body.Length}\r\n\r\n{body}");
}
