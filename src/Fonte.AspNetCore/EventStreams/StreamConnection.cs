using System.IO.Pipelines;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace Fonte.AspNetCore;

/// <summary>A connection that an event stream may keep when its request is over, so that all that Kestrel holds for a request is let go.</summary>
/// <remarks>
/// It stands between Kestrel's HTTP and its transport. Once a stream has the connection, what HTTP still writes (the end of its response) goes nowhere, and
/// its timer is not called any more, which would hold the whole of it. An idle stream was measured to hold 7.0 kB so, and 11.4 before (docs/adr/0007).
/// </remarks>
internal sealed class StreamConnection : PipeWriter, IDuplexPipe, IConnectionHeartbeatFeature
{
    // Written by all and read by nobody.
    private static readonly byte[] Nowhere = new byte[4096];

    private readonly ConnectionContext _connection;
    private readonly IDuplexPipe _transport;
    private readonly IConnectionHeartbeatFeature? _heartbeat;
    private Action<object>? _beat;
    private object? _beatState;
    private SubscriberHandle? _stream;

    private StreamConnection(ConnectionContext connection)
    {
        (_connection, _transport) = (connection, connection.Transport);
        _heartbeat = connection.Features.Get<IConnectionHeartbeatFeature>();
        if (_heartbeat is not null) connection.Features.Set<IConnectionHeartbeatFeature>(this);
        connection.Transport = this;
    }

    /// <inheritdoc/>
    public PipeReader Input => _transport.Input;

    /// <inheritdoc/>
    public PipeWriter Output => this;

    /// <inheritdoc/>
    public override bool CanGetUnflushedBytes => _transport.Output.CanGetUnflushedBytes;

    /// <inheritdoc/>
    public override long UnflushedBytes => _stream is null ? _transport.Output.UnflushedBytes : 0;

    /// <summary>The connection's socket, unless it is of another kind.</summary>
    internal Socket? Socket => _connection.Features.Get<IConnectionSocketFeature>()?.Socket;

    /// <summary>Whether a stream has it already.</summary>
    internal bool IsKept => _stream is not null;

    /// <summary>The middleware: serves requests, then the stream that the last of them began, if it did.</summary>
    internal static async Task RunAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        var kept = new StreamConnection(connection);
        try
        {
            await next(connection).ConfigureAwait(false);
        }
        catch (Exception) when (kept._stream is not null)
        {
            // Whatever failed behind the stream's back: the stream must be counted out, and its connection closed.
            kept.Cut();
        }
        if (kept._stream is not { } stream) return;
        // Nobody reads it any more: what the client sends now ends the stream, instead of being kept for as long as that lasts (CWE-770).
        await kept._transport.Input.CompleteAsync().ConfigureAwait(false);
        var end = await stream.EndAsync(kept._connection.ConnectionClosed).ConfigureAwait(false);
        if (end.AtBoundary) await kept._transport.Output.WriteAsync("0\r\n\r\n"u8.ToArray()).ConfigureAwait(false);
        else kept.Cut();
    }

    /// <summary>Gives the connection to a stream. The response's head must be in the kernel, and the request must end now.</summary>
    internal void Keep(SubscriberHandle stream)
    {
        _stream = stream;
        _beat = null;
        _beatState = null;
    }

    /// <summary>Ends the connection at once.</summary>
    internal void Cut() => _connection.Abort();

    /// <inheritdoc/>
    public void OnHeartbeat(Action<object> action, object state)
    {
        // Only HTTP asks for it; a second one is served, and not let go.
        if (_beat is not null)
        {
            _heartbeat!.OnHeartbeat(action, state);
            return;
        }
        (_beat, _beatState) = (action, state);
        _heartbeat!.OnHeartbeat(static self => ((StreamConnection)self).Beat(), this);
    }

    /// <inheritdoc/>
    public override Memory<byte> GetMemory(int sizeHint = 0) => _stream is null ? _transport.Output.GetMemory(sizeHint) : NowhereOf(sizeHint);

    /// <inheritdoc/>
    public override Span<byte> GetSpan(int sizeHint = 0) => _stream is null ? _transport.Output.GetSpan(sizeHint) : NowhereOf(sizeHint);

    /// <inheritdoc/>
    public override void Advance(int bytes)
    {
        if (_stream is null) _transport.Output.Advance(bytes);
    }

    /// <inheritdoc/>
    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) =>
        _stream is null ? _transport.Output.FlushAsync(cancellationToken) : default;

    /// <inheritdoc/>
    public override ValueTask<FlushResult> WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default) =>
        _stream is null ? _transport.Output.WriteAsync(source, cancellationToken) : default;

    /// <inheritdoc/>
    public override void CancelPendingFlush() => _transport.Output.CancelPendingFlush();

    /// <inheritdoc/>
    public override void Complete(Exception? exception = null)
    {
        if (_stream is null) _transport.Output.Complete(exception);
    }

    /// <inheritdoc/>
    public override ValueTask CompleteAsync(Exception? exception = null) => _stream is null ? _transport.Output.CompleteAsync(exception) : default;

    private static byte[] NowhereOf(int sizeHint) => sizeHint <= Nowhere.Length ? Nowhere : new byte[sizeHint];

    private void Beat()
    {
        var (beat, state) = (_beat, _beatState);
        if (beat is not null && state is not null) beat(state);
    }
}
