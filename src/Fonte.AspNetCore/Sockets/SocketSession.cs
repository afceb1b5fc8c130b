using System.Buffers;
using System.Net.WebSockets;

namespace Fonte.AspNetCore;

/// <summary>One open WebSocket: its streams, one after the other as it changes what it is subscribed to, and its commands, one at a time.</summary>
/// <remarks>
/// <code>
/// commands ──▶ publish ──▶ answer ─────────┐
///    └──▶ subscribe ──▶ the stream leaves  ├─▶ SocketSender ─▶ client
///                       └▶ the next begins ┘        ▲
/// pump ──▶ WebSocketOutput ─────────────────────────┘
/// </code>
/// Who does not read its answers has no further command read.
/// </remarks>
internal sealed class SocketSession(WebSocket socket, SocketOpening opening, SocketScope scope) : IDisposable
{
    private const int ReceiveBytes = 4096;

    // For the client's part of the closing handshake.
    private static readonly TimeSpan ClosesWithin = TimeSpan.FromSeconds(5);

    private readonly SocketSender _sender = new(socket);
    private readonly Lock _lock = new();
    private SubscriberHandle? _handle;
    private SocketChange? _change;

    internal async Task RunAsync()
    {
        using var streams = CancellationTokenSource.CreateLinkedTokenSource(scope.Context.RequestAborted);
        using var commands = CancellationTokenSource.CreateLinkedTokenSource(scope.Context.RequestAborted);
        var streaming = StreamAsync(streams.Token);
        var receiving = ReceiveAsync(commands.Token);
        var first = await Task.WhenAny(streaming, receiving).ConfigureAwait(false);
        // The pump lets go of the socket before it is closed.
        await streams.CancelAsync().ConfigureAwait(false);
        await streaming.ConfigureAwait(false);
        commands.CancelAfter(ClosesWithin);
        if (await first.ConfigureAwait(false) is { } closing) await CloseAsync(closing, receiving, commands.Token).ConfigureAwait(false);
        _sender.Cut();
        await receiving.ConfigureAwait(false);
    }

    public void Dispose() => _sender.Dispose();

    // A connection that is closed with bytes unread is reset, and the client would not learn the reason.
    private async Task CloseAsync(SocketClosing closing, Task receiving, CancellationToken cancellationToken)
    {
        try
        {
            await _sender.CloseAsync(closing, cancellationToken).ConfigureAwait(false);
            await receiving.ConfigureAwait(false);
            var rest = new byte[ReceiveBytes];
            while (socket.State == WebSocketState.CloseSent) await socket.ReceiveAsync(rest.AsMemory(), cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (IsOfConnection(exception))
        {
            // It is gone, or does not answer in time.
        }
    }

    /// <summary>Streams until there is nothing more to come; returns how to say so, or <see langword="null"/> when nobody is there to hear it.</summary>
    private async Task<SocketClosing?> StreamAsync(CancellationToken gone)
    {
        try
        {
            var (request, start) = (opening.Request, opening.Start);
            while (start is not null && start.Hub.Subscribe(request, start.Point, new WebSocketOutput(_sender)) is { } handle)
            {
                Hold(handle);
                var end = await handle.EndAsync(gone).ConfigureAwait(false);
                if (!end.AtBoundary) return null;
                if (TakeChange() is not { } change || end.Reason != DisconnectReason.Lifetime) return SocketClosing.Of(end.Reason);
                (request, start) = await ChangeAsync(change, request, start.Hub.PositionBefore(end.Next), gone).ConfigureAwait(false);
            }
            return SocketClosing.NotReady;
        }
        catch (Exception exception) when (IsOfConnection(exception))
        {
            return null;
        }
    }

    /// <summary>What the next stream is, or nothing if there can be none.</summary>
    private async Task<(SubscribeRequest Request, StreamStart? Start)> ChangeAsync(SocketChange change, SubscribeRequest before, string position, CancellationToken gone)
    {
        using (change)
        {
            var (request, problem) = scope.Admission.Admit(scope.Context, opening.Subscriber, change.Query, change.Query.Beginning.OrAfter(position), StreamForm.Objects);
            var start = request is null ? null : await StreamStart.FindAsync(scope.Host, request, gone).ConfigureAwait(false);
            var answer = start is null ? SocketAnswer.Of(change.Reference, problem ?? Problems.NotReady) : SocketAnswer.Subscribed(change.Reference, start.Hub.PositionBefore(start.Point.Next));
            await _sender.SendAsync(answer, gone).ConfigureAwait(false);
            return (request ?? before, start);
        }
    }

    // A change may have come while there was no stream.
    private void Hold(SubscriberHandle handle)
    {
        lock (_lock)
        {
            _handle = handle;
            if (_change is not null) handle.Leave();
        }
    }

    private SocketChange? TakeChange()
    {
        lock (_lock)
        {
            var change = _change;
            (_change, _handle) = (null, null);
            return change;
        }
    }

    /// <summary>Carries out commands until there will be none; returns how to end the connection, or <see langword="null"/> when it has ended.</summary>
    private async Task<SocketClosing?> ReceiveAsync(CancellationToken gone)
    {
        var message = new ArrayBufferWriter<byte>();
        try
        {
            while (true)
            {
                if (await ReadAsync(message, gone).ConfigureAwait(false) is { } closing) return closing;
                await CarryOutAsync(SocketCommand.Read(message.WrittenMemory), gone).ConfigureAwait(false);
            }
        }
        catch (Exception exception) when (IsOfConnection(exception))
        {
            // It is gone, or what came was not as RFC 6455 has it, which the framework has answered.
            return null;
        }
    }

    /// <summary>Reads one message; returns why there will be none.</summary>
    private async Task<SocketClosing?> ReadAsync(ArrayBufferWriter<byte> message, CancellationToken gone)
    {
        // One that says nothing, as most do, holds no buffer.
        message.Clear();
        await socket.ReceiveAsync(Memory<byte>.Empty, gone).ConfigureAwait(false);
        while (true)
        {
            var received = await socket.ReceiveAsync(message.GetMemory(ReceiveBytes), gone).ConfigureAwait(false);
            if (received.MessageType == WebSocketMessageType.Close) return SocketClosing.Normal;
            if (received.MessageType == WebSocketMessageType.Binary) return SocketClosing.Binary;
            message.Advance(received.Count);
            if (message.WrittenCount > scope.Options.MaxBodyBytes) return SocketClosing.TooLarge(scope.Options.MaxBodyBytes);
            if (received.EndOfMessage) return null;
        }
    }

    private async Task CarryOutAsync(SocketCommand command, CancellationToken gone)
    {
        var problem = command.Problem
            ?? (command.Draft is { } draft ? await PublishAsync(command, draft, gone).ConfigureAwait(false) : await SubscribeAsync(command, gone).ConfigureAwait(false));
        if (problem is not null) await _sender.SendAsync(SocketAnswer.Of(command.Reference, problem), gone).ConfigureAwait(false);
    }

    private async Task<Problem?> PublishAsync(SocketCommand command, EventDraft draft, CancellationToken gone)
    {
        if (scope.Publishing.Refusal(opening.Publisher) is { } refusal) return refusal;
        if (opening.Publisher.Token is { } token && scope.Publishing.Refusal(token, [draft], isBatch: false) is { } why) return why;
        var (key, problem) = IdempotencyKeyField.Of(command.Key, opening.Publisher.Token);
        if (problem is not null) return problem;
        var result = await scope.Host.PublishAsync(new() { Events = [draft], IdempotencyKey = key }, gone).ConfigureAwait(false);
        problem = PublishProblems.Of(result, isBatch: false);
        if (problem is null) await _sender.SendAsync(SocketAnswer.Published(command.Reference, result.Id!), gone).ConfigureAwait(false);
        return problem;
    }

    private async Task<Problem?> SubscribeAsync(SocketCommand command, CancellationToken gone)
    {
        var (query, problem) = SubscribeQuery.Read(command.Query, scope.Options, scope.Host.Patterns);
        if (query is null) return problem;
        var change = new SocketChange(command.Reference, query);
        lock (_lock)
        {
            _change = change;
            _handle?.Leave();
        }
        await change.Done.WaitAsync(gone).ConfigureAwait(false);
        return null;
    }

    private static bool IsOfConnection(Exception exception) => exception is WebSocketException or OperationCanceledException or IOException or ObjectDisposedException or InvalidOperationException;
}

/// <summary>What a WebSocket is to be subscribed to next.</summary>
/// <param name="reference">What the answer carries.</param>
/// <param name="query">What it asks for.</param>
internal sealed class SocketChange(string? reference, SubscribeQuery query) : IDisposable
{
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal string? Reference => reference;

    internal SubscribeQuery Query => query;

    /// <summary>Completes when it has been answered.</summary>
    internal Task Done => _done.Task;

    public void Dispose() => _done.TrySetResult();
}
