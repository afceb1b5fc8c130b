using Fonte.Samples.Pages;

namespace Fonte.Samples.Lab;

/// <summary>
/// Lets every subscriber choose its interval without a timer per subscriber: there is one loop per stream and interval, shared by
/// all who asked for that pair. It starts with the first of them and stops once the last has been gone for a while.
/// </summary>
/// <remarks>At most <see cref="Limit"/> loops run at a time, whatever strangers ask for.</remarks>
internal sealed class LabLoops(SteadyPublisher publisher, TimeProvider timeProvider) : IHostedService
{
    public const int Limit = 100;

    /// <summary>How long an unused loop goes on, so that who reconnects after a break resumes what was measured meanwhile.</summary>
    public static readonly TimeSpan Linger = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Running> _running = [];
    private bool _stopping;

    public int Count
    {
        get
        {
            lock (_lock) return _running.Count;
        }
    }

    /// <summary>Counts one more subscriber until the lease is disposed; null when too many loops run already.</summary>
    public Lease? Join(LabStream stream, LabInterval interval)
    {
        var topic = stream.Topic(interval);
        lock (_lock)
        {
            if (!_running.TryGetValue(topic, out var running))
            {
                if (_stopping || _running.Count >= Limit) return null;
                running = Start(new LabLoop(stream, interval, publisher, timeProvider));
                _running.Add(topic, running);
            }

            running.Subscribers++;
            running.Expiry.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            return new Lease(this, running);
        }
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        List<Running> all;
        lock (_lock)
        {
            _stopping = true;
            all = [.. _running.Values];
            _running.Clear();
        }

        foreach (var running in all) running.Dispose();
        await Task.WhenAll(all.Select(running => running.Task)).WaitAsync(cancellationToken);
    }

    private Running Start(LabLoop loop)
    {
        var running = new Running(loop);
        running.Expiry = timeProvider.CreateTimer(_ => Expire(running), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        return running;
    }

    private void Leave(Running running)
    {
        lock (_lock)
        {
            if (--running.Subscribers == 0) running.Expiry.Change(Linger, Timeout.InfiniteTimeSpan);
        }
    }

    private void Expire(Running running)
    {
        lock (_lock)
        {
            // A subscriber may have joined between the timer's firing and this lock.
            if (running.Subscribers > 0 || !_running.Remove(running.Loop.Topic)) return;
        }

        running.Dispose();
    }

    internal sealed class Running : IDisposable
    {
        private readonly CancellationTokenSource _stop = new();

        public Running(LabLoop loop)
        {
            Loop = loop;
            var token = _stop.Token;
            Task = Task.Run(() => loop.RunAsync(token));
        }

        public LabLoop Loop { get; }

        public Task Task { get; }

        public int Subscribers { get; set; }

        public ITimer Expiry { get; set; } = null!;

        public void Dispose()
        {
            _stop.Cancel();
            _stop.Dispose();
            Expiry.Dispose();
        }
    }

    /// <summary>One subscriber's share of a loop.</summary>
    internal sealed class Lease(LabLoops loops, Running running) : IDisposable
    {
        private int _disposed;

        /// <summary>Starts the readings, unless another subscriber has: this one's place in the log is known.</summary>
        public void Begin() => running.Loop.Begin();

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _disposed, 1) == 0) loops.Leave(running);
        }
    }
}
