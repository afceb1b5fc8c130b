using System.Data.Common;

namespace Fonte.Services;

/// <summary>An event that was given to this instance, until it says what became of it.</summary>
public abstract class Delivery
{
    /// <summary>The event: a CloudEvent as JSON, if its publisher kept to that.</summary>
    public abstract ReadOnlyMemory<byte> Envelope { get; }

    /// <summary>How often it has been given, this time included; from 1. About, where the broker counts.</summary>
    public abstract int Attempt { get; }

    /// <summary>Writes into the transaction of the effect what must be kept with it, where the group keeps anything there.</summary>
    /// <param name="transaction">A transaction of the service's own store.</param>
    /// <exception cref="ConsumerGroupException">Another instance is the active one; the transaction must not be committed.</exception>
    public virtual void Keep(DbTransaction transaction)
    {
    }

    /// <summary>The effect is durable: the event is not given again, unless this is lost.</summary>
    public abstract Task AckAsync(CancellationToken cancellationToken);

    /// <summary>There was no effect. The event is given again after a while, or is a dead letter when it has been given often enough.</summary>
    /// <param name="reason">Why, for people.</param>
    /// <param name="isFinal">Whether it can never succeed: then it is a dead letter at once.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public abstract Task FailAsync(string reason, bool isFinal, CancellationToken cancellationToken);
}
