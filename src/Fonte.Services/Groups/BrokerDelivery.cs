using System.Runtime.CompilerServices;

namespace Fonte.Services;

/// <summary>A delivery of a broker, which is given again here, before any other, so that order is kept.</summary>
/// <param name="store">Where dead letters go.</param>
/// <param name="group">The group's name.</param>
/// <param name="policy">How often, and when.</param>
/// <param name="envelope">The event.</param>
/// <param name="before">How often the broker has given it before.</param>
internal abstract class BrokerDelivery(ServiceStore store, string group, RedeliveryPolicy policy, ReadOnlyMemory<byte> envelope, int before) : Delivery
{
    private int _failures;

    public override ReadOnlyMemory<byte> Envelope { get; } = envelope;

    public override int Attempt => before + _failures + 1;

    internal bool IsOver { get; private set; }

    public override async Task AckAsync(CancellationToken cancellationToken)
    {
        await DoneAsync(cancellationToken).ConfigureAwait(false);
        IsOver = true;
    }

    public override async Task FailAsync(string reason, bool isFinal, CancellationToken cancellationToken)
    {
        if (++_failures < policy.MaxAttempts && !isFinal) return;
        // In the store first: should this end between the two, it is known there when it is given again, and acknowledged.
        store.AddDeadLetter(group, reason, Envelope);
        await BuryAsync(ServiceStore.Short(reason), cancellationToken).ConfigureAwait(false);
        IsOver = true;
    }

    /// <summary>Whether another instance has become the active one for it.</summary>
    protected virtual bool IsTaken => false;

    /// <summary>Gives it until it is over.</summary>
    internal async IAsyncEnumerable<Delivery> GiveAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        yield return this;
        while (!IsOver && !IsTaken)
        {
            await Task.Delay(policy.Delay * Math.Max(1, _failures), store.Time, cancellationToken).ConfigureAwait(false);
            if (!IsTaken) yield return this;
        }
    }

    /// <summary>Tells the broker that it was handled.</summary>
    protected abstract Task DoneAsync(CancellationToken cancellationToken);

    /// <summary>Has the broker keep it as a dead letter, and not give it again.</summary>
    protected abstract Task BuryAsync(string reason, CancellationToken cancellationToken);
}

/// <summary>How often an event is given that fails, and when.</summary>
/// <param name="MaxAttempts">How often before it is a dead letter.</param>
/// <param name="Delay">How long to wait before the second time; twice that before the third, and so on.</param>
internal sealed record RedeliveryPolicy(int MaxAttempts, TimeSpan Delay);
