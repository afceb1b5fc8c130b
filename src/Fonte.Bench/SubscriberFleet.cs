using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Fonte.Bench;

/// <summary>All subscribers of a run: opened a bounded number at a time, ended together.</summary>
internal sealed class SubscriberFleet : IDisposable
{
    private const int OpenedAtATime = 256;
    private readonly BenchOptions _options;
    private readonly BenchTarget _target;
    private readonly Subscriber[] _subscribers;
    private readonly Task[] _listening;
    private readonly byte[][] _requests;
    private readonly HttpClient? _client;
    private int _failed;
    private string? _firstFailure;

    public SubscriberFleet(BenchOptions options, BenchTarget target, BenchRun run)
    {
        _options = options;
        _target = target;
        if (target.IsSecure) _client = SecureSubscriber.CreateClient(options.Http2, options.Token);
        var buffers = GC.AllocateUninitializedArray<byte>(target.IsSecure ? 0 : options.Subscribers * SocketSubscriber.BufferLength, pinned: true);
        _subscribers = new Subscriber[options.Subscribers];
        _listening = new Task[options.Subscribers];
        Array.Fill(_listening, Task.CompletedTask);
        for (var index = 0; index < _subscribers.Length; index++)
        {
            var isStalled = index >= options.Subscribers - options.Stalled;
            _subscribers[index] = target.IsSecure
                ? new SecureSubscriber(run, index % options.Topics, options.Lanes, new byte[SocketSubscriber.BufferLength]) { IsStalled = isStalled }
                : new SocketSubscriber(run, index % options.Topics, options.Lanes,
                    buffers.AsMemory(index * SocketSubscriber.BufferLength, SocketSubscriber.BufferLength))
                { IsStalled = isStalled, AnyType = options.AnyType };
        }

        _requests = options.Publishes
            ? [.. Enumerable.Range(0, Math.Min(options.Topics, options.Subscribers)).Select(topic => target.StreamRequest(topic))]
            : [target.StreamRequest(null)];
    }

    public IEnumerable<Subscriber> Opened => _subscribers.Where(subscriber => subscriber.IsOpen);

    public int Failed => _failed;

    public string? FirstFailure => _firstFailure;

    public long Seen => _subscribers.Sum(subscriber => subscriber.Seen);

    public long Received => _subscribers.Sum(subscriber => subscriber.Received);

    /// <summary>Opens the first event stream, which finds the address to use and tells what is wrong with the server.</summary>
    public async Task<IPEndPoint> OpenFirstAsync(CancellationToken cancellationToken)
    {
        foreach (var endPoint in _target.EndPoints)
        {
            using var probe = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
                limit.CancelAfter(_options.OpenTimeout);
                await probe.ConnectAsync(endPoint, limit.Token);
            }
            catch (Exception exception) when (IsFailure(exception, cancellationToken))
            {
                continue;
            }

            await OpenAsync(0, endPoint, cancellationToken);
            return endPoint;
        }

        throw new BenchException($"No server accepts connections at {_options.Url}: start it first.");
    }

    /// <summary>Opens the others within the time limit; those that fail are counted.</summary>
    public async Task OpenOthersAsync(IPEndPoint endPoint, TimeSpan limit, CancellationToken cancellationToken)
    {
        using var timed = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timed.CancelAfter(limit);
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = OpenedAtATime };
        await Parallel.ForAsync(1, _subscribers.Length, parallel, async (index, _) =>
        {
            try
            {
                timed.Token.ThrowIfCancellationRequested();
                await OpenAsync(index, endPoint, timed.Token);
            }
            catch (Exception exception) when (IsFailure(exception, cancellationToken))
            {
                Interlocked.Increment(ref _failed);
                Interlocked.CompareExchange(ref _firstFailure, exception is OperationCanceledException
                    ? string.Create(CultureInfo.InvariantCulture, $"Not all connected within {limit.TotalSeconds:N0} s.")
                    : exception.Message, null);
            }
        });
    }

    /// <summary>Lets the stalled ones read.</summary>
    public void ReleaseStalled()
    {
        for (var index = 0; index < _subscribers.Length; index++)
        {
            if (_subscribers[index] is { IsStalled: true, IsOpen: true } stalled)
                _listening[index] = stalled.ListenAsync();
        }
    }

    public async Task EndAsync()
    {
        foreach (var subscriber in Opened)
            subscriber.End();
        try
        {
            await Task.WhenAll(_listening).WaitAsync(TimeSpan.FromSeconds(10));
        }
        catch (TimeoutException exception)
        {
            throw new BenchException("Some connections did not end within 10 s.", exception);
        }
    }

    public void Dispose()
    {
        foreach (var subscriber in _subscribers)
            subscriber.Dispose();
        _client?.Dispose();
    }

    private async Task OpenAsync(int index, IPEndPoint endPoint, CancellationToken cancellationToken)
    {
        var subscriber = _subscribers[index];
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(_options.OpenTimeout);
        try
        {
            await OpenAsync(subscriber, endPoint, index % _requests.Length, limit.Token);
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            subscriber.Dispose();
            var what = subscriber.HasAnswer ? "sends no event ID" : "accepts the connection but does not answer";
            throw new BenchException(string.Create(CultureInfo.InvariantCulture, $"The server {what} within {_options.OpenTimeout.TotalSeconds:0.#} s."), exception);
        }
        catch (Exception exception) when (exception is SocketException or HttpRequestException or IOException)
        {
            subscriber.Dispose();
            throw new BenchException($"The connection to the server broke: {exception.Message.TrimEnd('.')}.", exception);
        }
        catch
        {
            subscriber.Dispose();
            throw;
        }

        if (!subscriber.IsStalled) _listening[index] = subscriber.ListenAsync();
    }

    private async Task OpenAsync(Subscriber subscriber, IPEndPoint endPoint, int request, CancellationToken cancellationToken)
    {
        var untilPosition = _options.Publishes && _options.IsHub;
        if (subscriber is SecureSubscriber secure)
        {
            await secure.OpenAsync(_client!, _target.StreamUrl(_options.Publishes ? request : null), untilPosition, cancellationToken);
            return;
        }

        var opening = _options.Opening?.Invoke();
        var bytes = opening is null ? _requests[request] : await opening.RequestAsync(endPoint, cancellationToken);
        await ((SocketSubscriber)subscriber).OpenAsync(endPoint, bytes, untilPosition, cancellationToken);
        if (opening is not null) await opening.OpenedAsync(endPoint, cancellationToken);
    }

    private static bool IsFailure(Exception exception, CancellationToken cancellationToken) =>
        exception is BenchException or SocketException or OperationCanceledException &&
        !cancellationToken.IsCancellationRequested;
}
