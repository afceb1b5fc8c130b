using System.Data.Common;

namespace Fonte.Services;

/// <summary>Makes one of the instances that share a store the active one, for as long as it says so. Of one instance; thread-safe.</summary>
/// <param name="store">The store, on one machine: its clock is everybody's. A lease that lasts longer than any can was taken before the clock was set back, and is none.</param>
/// <param name="name">What is active.</param>
/// <param name="length">How long it lasts without being renewed.</param>
internal sealed class StoreLease(ServiceStore store, string name, TimeSpan length)
{
    private readonly string _owner = Guid.NewGuid().ToString();

    /// <summary>Waits until this instance is the active one, which it is until what is returned is disposed of or says that it is lost.</summary>
    internal async Task<HeldLease> AcquireAsync(CancellationToken cancellationToken)
    {
        while (!TryTake()) await Task.Delay(length / 6, store.Time, cancellationToken).ConfigureAwait(false);
        return new(KeepAsync, Release, cancellationToken);
    }

    // Renews it until it is lost.
    private async Task KeepAsync(CancellationToken cancellationToken)
    {
        do await Task.Delay(length / 3, store.Time, cancellationToken).ConfigureAwait(false);
        while (TryTake());
    }

    // So that another need not wait.
    private void Release() => store.Run((_, transaction) => transaction.Run("DELETE FROM fonte_lease WHERE name = @name AND owner = @owner", ("@name", name), ("@owner", _owner)));

    /// <summary>Whether this instance is the active one, as of this transaction; nobody can become it before the transaction ends.</summary>
    internal bool IsHeld(DbTransaction transaction)
    {
        using var command = transaction.Connection!.Command("SELECT count(*) FROM fonte_lease WHERE name = @name AND owner = @owner", ("@name", name), ("@owner", _owner));
        command.Transaction = transaction;
        return command.ExecuteScalar() is 1L;
    }

    private bool TryTake()
    {
        var now = store.Time.GetUtcNow().ToUnixTimeMilliseconds();
        return store.Run((_, transaction) => transaction.Run(
            "INSERT INTO fonte_lease VALUES (@name, @owner, @until) ON CONFLICT DO UPDATE SET owner = excluded.owner, until = excluded.until WHERE fonte_lease.owner = excluded.owner OR fonte_lease.until < @now OR fonte_lease.until > @now + @length",
            ("@name", name), ("@owner", _owner), ("@until", now + (long)length.TotalMilliseconds), ("@now", now), ("@length", (long)length.TotalMilliseconds))) == 1;
    }
}

/// <summary>A lease that this instance has.</summary>
internal sealed class HeldLease : IAsyncDisposable
{
    private readonly CancellationTokenSource _lost;
    private readonly Action _release;
    private readonly Task _keeping;

    internal HeldLease(Func<CancellationToken, Task> keep, Action release, CancellationToken cancellationToken)
    {
        _lost = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        _release = release;
        Lost = _lost.Token;
        _keeping = KeepAsync(keep);
    }

    /// <summary>Cancelled when another instance has become the active one, and with what it was acquired with.</summary>
    internal CancellationToken Lost { get; }

    public async ValueTask DisposeAsync()
    {
        await _lost.CancelAsync().ConfigureAwait(false);
        await _keeping.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        // One that is lost is another's, of which nothing is taken.
        _release();
        _lost.Dispose();
    }

    private async Task KeepAsync(Func<CancellationToken, Task> keep)
    {
        try
        {
            await keep(Lost).ConfigureAwait(false);
        }
        finally
        {
            await _lost.CancelAsync().ConfigureAwait(false);
        }
    }
}
