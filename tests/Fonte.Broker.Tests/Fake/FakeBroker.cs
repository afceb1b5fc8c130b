using System.Runtime.CompilerServices;

namespace Fonte.Broker.Tests;

/// <summary>A broker in memory, of which everything can be made to go wrong.</summary>
internal sealed class FakeBroker : IDisposable
{
    private readonly Lock _lock = new();
    private List<SharedRecord> _records = [];
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private CancellationTokenSource _connections = new();
    private long _next;
    private bool _isDown;

    /// <summary>Takes what is produced and says that it did not.</summary>
    internal bool LosesConfirms { get; set; }

    /// <summary>Takes what is produced, and gives back none of what was there before, as one that is slow.</summary>
    internal bool IsSlow { get; set; }

    /// <summary>Takes what is produced, and lets connections that are open hear nothing of it.</summary>
    internal bool IsSilent { get; set; }

    /// <summary>Never confirms: waits until it is told to stop, or not even then.</summary>
    internal bool Hangs { get; set; }

    internal bool HangsForEver { get; set; }

    internal IReadOnlyList<SharedRecord> Records
    {
        get { lock (_lock) return [.. _records]; }
    }

    internal long Next
    {
        get { lock (_lock) return _next; }
    }

    internal FakeConnection Connect() => new(this);

    public void Dispose() => _connections.Dispose();

    /// <summary>Breaks all connections, and takes none.</summary>
    internal void GoDown()
    {
        lock (_lock) _isDown = true;
        Break();
    }

    internal void ComeUp()
    {
        lock (_lock) _isDown = false;
    }

    internal void Break()
    {
        CancellationTokenSource connections;
        lock (_lock) (connections, _connections) = (_connections, new());
        connections.Cancel();
    }

    /// <summary>Drops the oldest records, as retention does.</summary>
    internal void DropBelow(long offset)
    {
        lock (_lock) _records = [.. _records.Where(record => record.Offset >= offset)];
    }

    /// <summary>Forgets the newest records, whose offsets are given again.</summary>
    internal void RollBack(int count)
    {
        lock (_lock)
        {
            _records = _records[..^count];
            _next = _records[^1].Offset + 1;
        }
        Break();
    }

    /// <summary>Deletes the log and makes it again.</summary>
    internal void Recreate()
    {
        lock (_lock) (_records, _next) = ([], 0);
        Break();
    }

    /// <summary>Has what another has from now on, and no connection breaks.</summary>
    internal void Become(FakeBroker other)
    {
        lock (_lock) (_records, _next) = ([.. other.Records], other.Next);
        Changed();
    }

    /// <summary>Leaves an offset out.</summary>
    internal void Skip()
    {
        lock (_lock) _next++;
    }

    internal void Append(IEnumerable<SharedRecord> records)
    {
        lock (_lock)
        {
            foreach (var record in records) _records.Add(record with { Offset = _next++ });
        }
        Changed();
    }

    private void Changed()
    {
        TaskCompletionSource changed;
        lock (_lock) (changed, _changed) = (_changed, new(TaskCreationOptions.RunContinuationsAsynchronously));
        changed.SetResult();
    }

    /// <summary>A hub's connection, which can be cut by itself.</summary>
    internal sealed class FakeConnection(FakeBroker broker) : ISharedLog
    {
        private volatile bool _isClosed;
        private volatile bool _isCut;
        private volatile bool _isHeld;

        public string Name => "the fake log";

        public string System => "fake";

        /// <summary>Breaks it, and lets the hub not connect again until it is mended. The connections of others break too, but for a moment.</summary>
        internal void Cut()
        {
            _isCut = true;
            broker.Break();
        }

        internal void Mend() => _isCut = false;

        /// <summary>Gives nothing that it reads, until it is let go.</summary>
        internal void Hold() => _isHeld = true;

        internal void LetGo()
        {
            _isHeld = false;
            broker.Changed();
        }

        public Task OpenAsync(CancellationToken cancellationToken)
        {
            lock (broker._lock) return broker._isDown || _isCut ? throw Down() : Task.CompletedTask;
        }

        public Task ProduceAsync(IReadOnlyList<SharedRecord> records, CancellationToken cancellationToken)
        {
            lock (broker._lock)
            {
                if (broker._isDown || _isClosed || _isCut) throw Down();
            }
            if (broker.HangsForEver) return new TaskCompletionSource().Task;
            if (broker.Hangs) return Task.Delay(Timeout.Infinite, cancellationToken);
            broker.Append(records);
            return broker.LosesConfirms ? throw new SharedLogException("The confirm was lost.") : Task.CompletedTask;
        }

        public async IAsyncEnumerable<SharedRecord> ReadAsync(long from, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            CancellationToken broken;
            lock (broker._lock) broken = broker._connections.Token;
            while (true)
            {
                List<SharedRecord> found;
                Task changed;
                lock (broker._lock)
                {
                    if (broker._isDown || _isClosed || _isCut) throw Down();
                    (found, changed) = (_isHeld || broker.IsSilent || (broker.IsSlow && from > 0) ? [] : [.. broker._records.Where(record => record.Offset >= from)], broker._changed.Task);
                }
                foreach (var record in found)
                {
                    if (_isHeld) break;
                    if (broken.IsCancellationRequested) throw new SharedLogException("The connection broke.");
                    yield return record;
                    from = record.Offset + 1;
                }
                if (found.Count == 0 || _isHeld) await WaitAsync(changed, broken, cancellationToken);
            }
        }

        public ValueTask DisposeAsync()
        {
            _isClosed = true;
            return ValueTask.CompletedTask;
        }

        private static async Task WaitAsync(Task changed, CancellationToken broken, CancellationToken cancellationToken)
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(broken, cancellationToken);
            try
            {
                await changed.WaitAsync(either.Token);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                throw new SharedLogException("The connection broke.");
            }
        }

        private static SharedLogException Down() => new("The fake broker is down.") { NothingWasSent = true };
    }
}
