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
    private static readonly TimeSpan LeavesWithin = TimeSpan.FromSeconds(1);

    private readonly SocketSender _sender = new(socket);
    private readonly Lock _lock = new();
    private SubscriberHandle? _handle;
    private SocketChange? _change;
    private bool _isLeaving;

    internal async Task RunAsync()
    {
        using var streams = CancellationTokenSource.CreateLinkedTokenSource(scope.Context.RequestAborted);
        using var commands = CancellationTokenSource.CreateLinkedTokenSource(scope.Context.RequestAborted);
        var streaming = StreamAsync(streams.Token);
        var receiving = ReceiveAsync(commands.Token);
        try
        {
            var first = await Task.WhenAny(streaming, receiving).ConfigureAwait(false);
            // The pump lets go of the socket before it is closed: between two events, if that is soon.
            Leave();
            await Task.WhenAny(streaming, Task.Delay(LeavesWithin, streams.Token)).ConfigureAwait(false);
            await streams.CancelAsync().ConfigureAwait(false);
            commands.CancelAfter(ClosesWithin);
            // Behind half an event there can be no close.
            if (await streaming.ConfigureAwait(false) is not null && await first.ConfigureAwait(false) is { } closing) await CloseAsync(closing, receiving, commands.Token).ConfigureAwait(false);
        }
        finally
        {
            await streams.CancelAsync().ConfigureAwait(false);
            _sender.Cut();
            await Task.WhenAll(streaming, receiving).ConfigureAwait(false);
        }
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
            var (request, start) = ((SubscribeRequest?)opening.Request, (StreamStart?)opening.Start);
            while (request is not null && start?.Hub.Subscribe(request, start.Point, new WebSocketOutput(_sender)) is { } handle)
            {
                Hold(handle);
                var end = await handle.EndAsync(gone).ConfigureAwait(false);
                var change = TakeChange();
                if (!end.AtBoundary || change is null || end.Reason != DisconnectReason.Lifetime)
                {
                    change?.Complete();
                    return end.AtBoundary ? SocketClosing.Of(end.Reason) : null;
                }
                (request, start) = await ChangeAsync(change, start.Hub.PositionBefore(end.Next), gone).ConfigureAwait(false);
            }
            return SocketClosing.NotReady;
        }
        catch (Exception exception) when (IsOfConnection(exception))
        {
            return null;
        }
        finally
        {
            Leave();
            TakeChange()?.Complete();
        }
    }

    /// <summary>Answers a change; returns what the next stream is, or nothing if there can be none.</summary>
    private async Task<(SubscribeRequest? Request, StreamStart? Start)> ChangeAsync(SocketChange change, string position, CancellationToken gone)
    {
        try
        {
            // While it changes no pump looks after who does not read.
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(gone);
            limit.CancelAfter(scope.Host.WriteTimeout);
            var (request, problem) = scope.Admission.Admit(scope.Context, opening.Subscriber, change.Query, change.Query.Beginning.OrAfter(position), StreamForm.Objects);
            var start = request is null ? null : await StreamStart.FindAsync(scope.Host, request, gone).ConfigureAwait(false);
            var answer = start is null ? SocketAnswer.Of(change.Reference, problem ?? Problems.NotReady) : SocketAnswer.Subscribed(change.Reference, start.Hub.PositionBefore(start.Point.Next));
            await _sender.SendAsync(answer, limit.Token).ConfigureAwait(false);
            return (request, start);
        }
        finally
        {
            change.Complete();
        }
    }

    // A change may have come while there was no stream.
    private void Hold(SubscriberHandle handle)
    {
        lock (_lock)
        {
            _handle = handle;
            if (_change is not null || _isLeaving) handle.Leave();
        }
    }

    private void Leave()
    {
        lock (_lock)
        {
            _isLeaving = true;
            _handle?.Leave();
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
        try
        {
            while (true)
            {
                // One that says nothing, as most do, holds no buffer.
                var beginning = await socket.ReceiveAsync(Memory<byte>.Empty, gone).ConfigureAwait(false);
                var (message, closing) = await ReadAsync(beginning, gone).ConfigureAwait(false);
                if (message is null) return closing;
                await CarryOutAsync(SocketCommand.Read(message.WrittenMemory), gone).ConfigureAwait(false);
            }
        }
        catch (Exception exception) when (IsOfConnection(exception))
        {
            // It is gone, or what came was not as RFC 6455 has it, which the framework has answered.
            return null;
        }
    }

    /// <summary>Reads one message, or says why there will be none.</summary>
    /// <param name="received">What has been received of it: nothing, but perhaps its end.</param>
    /// <param name="gone">Stops reading.</param>
    private async Task<(ArrayBufferWriter<byte>? Message, SocketClosing? Closing)> ReadAsync(ValueWebSocketReceiveResult received, CancellationToken gone)
    {
        var message = new ArrayBufferWriter<byte>();
        // A message that never ends is held no longer than a reader who never reads.
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(gone);
        limit.CancelAfter(scope.Host.WriteTimeout);
        while (true)
        {
            if (received.MessageType == WebSocketMessageType.Close) return (null, SocketClosing.Normal);
            if (received.MessageType == WebSocketMessageType.Binary) return (null, SocketClosing.Binary);
            message.Advance(received.Count);
            if (message.WrittenCount > scope.Options.MaxBodyBytes) return (null, SocketClosing.TooLarge(scope.Options.MaxBodyBytes));
            if (received.EndOfMessage) return (message, null);
            received = await socket.ReceiveAsync(message.GetMemory(ReceiveBytes), limit.Token).ConfigureAwait(false);
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
            if (_isLeaving) return Problems.NotReady;
            _change = change;
            _handle?.Leave();
        }
        await change.Done.WaitAsync(gone).ConfigureAwait(false);
        return null;
    }

    private static bool IsOfConnection(Exception exception) => exception is WebSocketException or OperationCanceledException or IOException or ObjectDisposedException;
}

/// <summary>What a WebSocket is to be subscribed to next.</summary>
/// <param name="reference">What the answer carries.</param>
/// <param name="query">What it asks for.</param>
internal sealed class SocketChange(string? reference, SubscribeQuery query)
{
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal string? Reference => reference;

    internal SubscribeQuery Query => query;

    /// <summary>Completes when it has been answered.</summary>
    internal Task Done => _done.Task;

    internal void Complete() => _done.TrySetResult();
}
