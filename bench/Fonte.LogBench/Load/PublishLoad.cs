using System.Diagnostics;
using System.Net;
using Fonte.Bench;

namespace Fonte.LogBench;

/// <summary>What a load measured within its window.</summary>
/// <param name="Refused">Answers 503.</param>
/// <param name="Elapsed">The window's length.</param>
/// <param name="Latency">From sent to acknowledged.</param>
/// <param name="LatencyFromDue">From when it should have been sent, so with the wait for a free publisher.</param>
internal sealed record LoadResult(long Refused, TimeSpan Elapsed, LatencyHistogram Latency, LatencyHistogram LatencyFromDue)
{
    /// <summary>Answers 200.</summary>
    public long Acknowledged => Latency.Count;

    public double PerSecond => Acknowledged / Elapsed.TotalSeconds;
}

/// <summary>Many publishers on one thread, each waiting for its acknowledgement before its next event.</summary>
internal sealed class PublishLoad : IDisposable
{
    private readonly PublishConnection[] _connections;
    // In turn: Kestrel closes a connection that was not used for 130 s.
    private readonly Queue<PublishConnection> _free = [];
    private readonly FormRequest _request;
    private readonly Epoll _epoll = new();
    private LoadResult _result = Empty();

    public PublishLoad(IPEndPoint endPoint, byte[][] topics, int publishers, int seed)
    {
        _request = new FormRequest(endPoint, topics, seed);
        _connections = new PublishConnection[publishers];
        for (var index = 0; index < publishers; index++)
        {
            _connections[index] = new PublishConnection(endPoint, blocking: false);
            _epoll.Watch(_connections[index].Handle, index);
            _free.Enqueue(_connections[index]);
        }
    }

    /// <summary>Events a second; 0 for as many as are acknowledged.</summary>
    public double Rate { get; init; }

    /// <summary>Called when the warm-up is over and measuring begins.</summary>
    public Action OnMeasuring { get; init; } = () => { };

    /// <summary>Publishes for so long, on a thread of its own, and measures after the warm-up.</summary>
    /// <exception cref="LogBenchException">The server answers something else than 200 or 503.</exception>
    public Task<LoadResult> RunAsync(TimeSpan warmUp, TimeSpan duration, CancellationToken cancellationToken) =>
        Task.Factory.StartNew(() =>
        {
            Run(warmUp, cancellationToken);
            _result = Empty();
            OnMeasuring();
            var begun = Stopwatch.GetTimestamp();
            Run(duration, cancellationToken);
            return _result with { Elapsed = Stopwatch.GetElapsedTime(begun) };
        }, cancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    public void Dispose()
    {
        foreach (var connection in _connections)
            connection?.Dispose();
        _epoll.Dispose();
    }

    private void Run(TimeSpan duration, CancellationToken cancellationToken)
    {
        var begun = Stopwatch.GetTimestamp();
        var end = begun + (long)(duration.TotalSeconds * Stopwatch.Frequency);
        long number = 0;
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var now = Stopwatch.GetTimestamp();
            if (now >= end) return;
            for (; _free.Count > 0; number++)
            {
                var due = Rate > 0 ? begun + (long)(number * Stopwatch.Frequency / Rate) : now;
                if (due > now) break;
                Send(_free.Dequeue(), due);
            }

            var ready = _epoll.Wait(Rate > 0 ? 1 : 100);
            for (var index = 0; index < ready; index++)
                Receive(_connections[_epoll.Tag(index)]);
        }
    }

    private void Send(PublishConnection connection, long due)
    {
        var request = _request.Next();
        (connection.SentAt, connection.DueAt) = (Stopwatch.GetTimestamp(), due);
        connection.Send(request);
    }

    private void Receive(PublishConnection connection)
    {
        var status = connection.Receive();
        if (status == 0) return;
        _free.Enqueue(connection);
        if (status == 503)
        {
            _result = _result with { Refused = _result.Refused + 1 };
            return;
        }

        if (status != 200)
            throw new LogBenchException($"The server answers {status} to a publish.");
        var now = Stopwatch.GetTimestamp();
        _result.Latency.Record(now - connection.SentAt);
        _result.LatencyFromDue.Record(now - connection.DueAt);
    }

    private static LoadResult Empty() => new(0, default, new LatencyHistogram(), new LatencyHistogram());
}
