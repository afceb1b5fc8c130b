using System.Data.Common;

namespace Fonte.Services;

/// <summary>Makes one of the instances that share a store the active one, for as long as it says so. Of one instance; thread-safe.</summary>
/// <param name="store">The store, on one machine: its clock is everybody's. A lease that lasts longer than any can was taken before the clock was set back, and is none.</param>
/// <param name="name">What is active.</param>
/// <param name="length">How long it lasts without being renewed.</param>
internal sealed class StoreLease(ServiceStore store, string name, TimeSpan length)
{
    private readonly string _owner = Guid.NewGuid().ToString();

    /// <summary>Waits until this instance is the active one.</summary>
    internal async Task AcquireAsync(CancellationToken cancellationToken)
    {
        while (!TryTake()) await Task.Delay(length / 6, store.Time, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Renews it until it is lost, which is an exception.</summary>
    internal async Task HoldAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            await Task.Delay(length / 3, store.Time, cancellationToken).ConfigureAwait(false);
            if (!TryTake()) throw new ConsumerGroupException($"Another instance is active for {name}.");
        }
    }

    /// <summary>Gives it up, so that another need not wait.</summary>
    internal void Release() => store.Run((_, transaction) => transaction.Run("DELETE FROM fonte_lease WHERE name = @name AND owner = @owner", ("@name", name), ("@owner", _owner)));

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
