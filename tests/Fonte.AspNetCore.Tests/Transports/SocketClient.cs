using System.Buffers;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using Xunit;
using static Fonte.AspNetCore.Tests.HubApplication;

namespace Fonte.AspNetCore.Tests.Transports;

/// <summary>A client of the hub's WebSocket.</summary>
internal sealed class SocketClient : IDisposable
{
    private static readonly TimeSpan TooLong = TimeSpan.FromSeconds(30);
    private readonly ArrayBufferWriter<byte> _message = new();

    private SocketClient(ClientWebSocket socket) => Socket = socket;

    internal ClientWebSocket Socket { get; }

    internal static async Task<SocketClient> OpenAsync(HubApplication app, string query, Action<ClientWebSocketOptions>? configure = null, HttpMessageInvoker? invoker = null)
    {
        var socket = new ClientWebSocket();
        configure?.Invoke(socket.Options);
        await socket.ConnectAsync(new Uri(app.Address.Replace("http", "ws", StringComparison.Ordinal) + "/fonte/socket" + query), invoker, Stop);
        return new(socket);
    }

    /// <summary>The status that the hub refuses with.</summary>
    internal static async Task<int> RefusalAsync(HubApplication app, string query, Action<ClientWebSocketOptions>? configure = null)
    {
        using var socket = new ClientWebSocket();
        socket.Options.CollectHttpResponseDetails = true;
        configure?.Invoke(socket.Options);
        await Assert.ThrowsAsync<WebSocketException>(() => socket.ConnectAsync(new Uri(app.Address.Replace("http", "ws", StringComparison.Ordinal) + "/fonte/socket" + query), Stop));
        return (int)socket.HttpStatusCode;
    }

    internal Task SendAsync(string text) => Socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, endOfMessage: true, Stop);

    /// <summary>The next message, or <see langword="null"/> when the hub has closed.</summary>
    internal async Task<JsonObject?> NextAsync()
    {
        _message.Clear();
        while (true)
        {
            var received = await Socket.ReceiveAsync(_message.GetMemory(16 * 1024), Stop).AsTask().WaitAsync(TooLong);
            if (received.MessageType == WebSocketMessageType.Close) return null;
            _message.Advance(received.Count);
            if (received.EndOfMessage) return (JsonObject)JsonNode.Parse(_message.WrittenSpan)!;
        }
    }

    /// <summary>The data of the next event, past everything that is none.</summary>
    internal async Task<string> NextDataAsync()
    {
        while (true)
        {
            var message = await NextAsync();
            Assert.NotNull(message);
            if (message["data"] is { } data) return data.GetValue<string>();
            Assert.NotEqual("problem", message["fonte"]!.GetValue<string>());
        }
    }

    /// <summary>The next answer to a command.</summary>
    internal async Task<JsonObject> AnswerAsync()
    {
        while (true)
        {
            var message = await NextAsync();
            Assert.NotNull(message);
            if (message["fonte"]?.GetValue<string>() is "published" or "subscribed" or "problem") return message;
        }
    }

    public void Dispose() => Socket.Dispose();
}
