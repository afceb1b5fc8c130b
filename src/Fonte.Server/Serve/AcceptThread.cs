using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Options;

namespace Fonte.Server;

/// <summary>Listens on IP addresses with a thread that does nothing but accept.</summary>
/// <remarks>
/// Kestrel accepts on the thread pool, behind the requests that wait there. When 10,000 subscribers came back at once to one core, in 2 of 6 runs the kernel's queue of 4,096 was
/// full by the time it was looked at, up to 10,264 SYN were dropped, and those clients waited a second or three.
/// </remarks>
internal sealed class AcceptThreadFactory(IOptions<SocketTransportOptions> options, ILoggerFactory loggers) : IConnectionListenerFactory, IConnectionListenerFactorySelector
{
    public bool CanBind(EndPoint endpoint) => endpoint is IPEndPoint;

    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        Socket? socket = null;
        try
        {
            socket = options.Value.CreateBoundListenSocket(endpoint);
            socket.Listen(options.Value.Backlog);
        }
        catch (SocketException exception)
        {
            socket?.Dispose();
            if (exception.SocketErrorCode == SocketError.AddressAlreadyInUse) throw new AddressInUseException(exception.Message, exception);
            throw;
        }
        return new(new AcceptThread(socket, options.Value, loggers.CreateLogger("Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets")));
    }
}

/// <summary>A listener, and its thread.</summary>
internal sealed partial class AcceptThread : IConnectionListener
{
    private const int ReservedDescriptors = 64;
    private static readonly TimeSpan DescriptorWait = TimeSpan.FromMilliseconds(100);
    private readonly Socket _socket;
    private readonly bool _noDelay;
    private readonly nint _mostDescriptor = (nint)(DescriptorLimit.Current() - Math.Min(ReservedDescriptors, DescriptorLimit.Current() / 16));
    private readonly ILogger _logger;
    private readonly SocketConnectionContextFactory _contexts;
    private readonly ManualResetEventSlim _unbound = new();

    // Bounded by descriptors: Kestrel closes what is above its limit as soon as it gets it.
    private readonly Channel<Socket> _accepted = Channel.CreateUnbounded<Socket>(new() { SingleReader = true, SingleWriter = true });
    private readonly Thread _thread;

    internal AcceptThread(Socket socket, SocketTransportOptions options, ILogger logger)
    {
        (_socket, _noDelay, _logger, EndPoint) = (socket, options.NoDelay, logger, socket.LocalEndPoint!);
        _contexts = new(
            new()
            {
                IOQueueCount = options.IOQueueCount,
                WaitForDataBeforeAllocatingBuffer = options.WaitForDataBeforeAllocatingBuffer,
                MaxReadBufferSize = options.MaxReadBufferSize,
                MaxWriteBufferSize = options.MaxWriteBufferSize,
                UnsafePreferInlineScheduling = options.UnsafePreferInlineScheduling,
            },
            logger);
        _thread = new Thread(AcceptAll) { IsBackground = true, Name = "accept" };
        _thread.Start();
    }

    public EndPoint EndPoint { get; }

    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        while (await _accepted.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false))
        {
            while (_accepted.Reader.TryRead(out var socket))
            {
                try
                {
                    if (_noDelay) socket.NoDelay = true;
                    return _contexts.Create(socket);
                }
                catch (Exception)
                {
                    // It left while it waited; whatever else it is must not end the accepting.
                    socket.Dispose();
                }
            }
        }
        return null;
    }

    public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        _unbound.Set();
        _socket.Dispose();
        return default;
    }

    public async ValueTask DisposeAsync()
    {
        await UnbindAsync().ConfigureAwait(false);
        _thread.Join(DescriptorWait * 2);
        _accepted.Writer.TryComplete();
        while (_accepted.Reader.TryRead(out var socket)) socket.Dispose();
        _contexts.Dispose();
    }

    private void AcceptAll()
    {
        while (!_unbound.IsSet)
        {
            try
            {
                var accepted = _socket.Accept();
                // The lowest free descriptor is given first: this one is of those that the log's files need.
                if (accepted.Handle >= _mostDescriptor || !_accepted.Writer.TryWrite(accepted)) accepted.Dispose();
            }
            catch (ObjectDisposedException)
            {
                break;
            }
            catch (SocketException exception)
            {
                if (_unbound.IsSet) break;
                // Without a descriptor the next one would fail at once, and so on; whatever else it is concerns that client alone.
                if (exception.SocketErrorCode is SocketError.TooManyOpenSockets or SocketError.NoBufferSpaceAvailable) _unbound.Wait(DescriptorWait);
                else Log.NotAccepted(_logger, exception.SocketErrorCode);
            }
        }
        _accepted.Writer.TryComplete();
    }

    private static partial class Log
    {
        [LoggerMessage(3, LogLevel.Debug, "A connection was not accepted: {Error}")]
        internal static partial void NotAccepted(ILogger logger, SocketError error);
    }
}
