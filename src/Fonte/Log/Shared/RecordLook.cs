namespace Fonte;

/// <summary>Reads some records of a shared log, and waits for none longer than it takes one that is there to come.</summary>
internal sealed class RecordLook : IAsyncDisposable
{
    private readonly CancellationTokenSource _over;
    private readonly IAsyncEnumerator<SharedRecord> _records;
    private readonly ReplicaSettings _settings;
    private Task<bool>? _next;

    /// <param name="shared">The log.</param>
    /// <param name="from">The first offset.</param>
    /// <param name="settings">How long to wait.</param>
    /// <param name="cancellationToken">Ends it.</param>
    internal RecordLook(ISharedLog shared, long from, ReplicaSettings settings, CancellationToken cancellationToken)
    {
        _settings = settings;
        _over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        _records = shared.ReadAsync(from, _over.Token).GetAsyncEnumerator(_over.Token);
    }

    /// <summary>The next record, or <see langword="null"/> when none comes in time; there are no more then.</summary>
    internal async Task<SharedRecord?> NextAsync()
    {
        _next = _records.MoveNextAsync().AsTask();
        try
        {
            return await _next.WaitAsync(_settings.LookTimeout, _settings.Time, _over.Token).ConfigureAwait(false) ? _records.Current : null;
        }
        catch (TimeoutException)
        {
            return null;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync().ConfigureAwait(false);
        // What waits must have ended before.
        if (_next is not null) await ((Task)_next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _records.DisposeAsync().ConfigureAwait(false);
        _over.Dispose();
    }
}
