using System.Net.WebSockets;

namespace Fonte.AspNetCore;

/// <summary>How the hub ends a WebSocket (RFC 6455, section 7.4).</summary>
/// <param name="Status">The status code.</param>
/// <param name="Reason">A sentence of at most 123 bytes.</param>
internal sealed record SocketClosing(WebSocketCloseStatus Status, string Reason)
{
    internal static readonly SocketClosing Normal = new(WebSocketCloseStatus.NormalClosure, "");

    internal static readonly SocketClosing NotReady = new(WebSocketCloseStatus.EndpointUnavailable, "The hub cannot serve events now; come back later.");

    internal static readonly SocketClosing Binary = new(WebSocketCloseStatus.InvalidMessageType, "Send text.");

    internal static SocketClosing TooLarge(int most) => new(WebSocketCloseStatus.MessageTooBig, $"A message may have {most} bytes.");

    internal static SocketClosing Of(DisconnectReason reason) => reason switch
    {
        DisconnectReason.TokenExpired or DisconnectReason.Revoked => new(WebSocketCloseStatus.PolicyViolation, "The access token is no longer valid; come back with another."),
        DisconnectReason.LogUnreadable => new(WebSocketCloseStatus.InternalServerError, "The events cannot be read; come back later."),
        DisconnectReason.Gap => new(WebSocketCloseStatus.EndpointUnavailable, "Events are no longer kept; come back without the last event ID."),
        DisconnectReason.Draining => new(WebSocketCloseStatus.EndpointUnavailable, "The hub is stopping; come back."),
        _ => new(WebSocketCloseStatus.EndpointUnavailable, "The hub has ended this connection; come back."),
    };
}
