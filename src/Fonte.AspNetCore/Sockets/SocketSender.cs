using System.Net.WebSockets;

namespace Fonte.AspNetCore;

/// <summary>Lets the pump and the answers to commands take turns at one WebSocket, a whole message each.</summary>
internal sealed class SocketSender(WebSocket socket) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1);

    /// <summary>Sends one message.</summary>
    internal async Task SendAsync(ReadOnlyMemory<byte> message, CancellationToken cancellationToken)
    {
        await BeginAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await SendPartAsync(message, isLast: true, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            End();
        }
    }

    /// <summary>Waits for the turn to send a message in parts.</summary>
    internal Task BeginAsync(CancellationToken cancellationToken) => _turn.WaitAsync(cancellationToken);

    internal ValueTask SendPartAsync(ReadOnlyMemory<byte> part, bool isLast, CancellationToken cancellationToken) =>
        socket.SendAsync(part, WebSocketMessageType.Text, isLast, cancellationToken);

    internal void End() => _turn.Release();

    /// <summary>Ends the connection between two messages.</summary>
    internal async Task CloseAsync(SocketClosing closing, CancellationToken cancellationToken)
    {
        await BeginAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (socket.State is WebSocketState.Open or WebSocketState.CloseReceived) await socket.CloseOutputAsync(closing.Status, closing.Reason, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            End();
        }
    }

    /// <summary>Cuts the connection: whatever waits for it ends.</summary>
    internal void Cut() => socket.Abort();

    public void Dispose() => _turn.Dispose();
}
