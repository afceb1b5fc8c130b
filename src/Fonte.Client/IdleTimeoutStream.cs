namespace Fonte.Client;

/// <summary>Ends a read that brings nothing for the idle timeout; the time between two reads does not count.</summary>
internal sealed class IdleTimeoutStream : ReadOnlyStream
{
    private readonly Stream _source;
    private readonly TimeSpan _timeout;
    private readonly CancellationToken _cancellationToken;
    private readonly CancellationTokenSource _stop;
    private readonly ITimer _timer;

    public IdleTimeoutStream(Stream source, FonteClientOptions options, CancellationToken cancellationToken)
    {
        _source = source;
        _timeout = options.IdleTimeout;
        _cancellationToken = cancellationToken;
        _stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        _timer = options.TimeProvider.CreateTimer(
            static state => Expire((CancellationTokenSource)state!), _stop, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <exception cref="IOException">The source broke, or brought nothing for the idle timeout.</exception>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        _timer.Change(_timeout, Timeout.InfiniteTimeSpan);
        try
        {
            return await _source.ReadAsync(buffer, _stop.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (_cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(_cancellationToken);
        }
        catch (OperationCanceledException exception)
        {
            throw new IOException($"The hub sent nothing for {_timeout.TotalSeconds:0.###} s.", exception);
        }
        finally
        {
            _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _timer.Dispose();
            _source.Dispose();
            _stop.Dispose();
        }

        base.Dispose(disposing);
    }

    private static void Expire(CancellationTokenSource stop)
    {
        try
        {
            stop.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The stream was disposed in the same instant: there is no read left to end.
        }
    }
}
