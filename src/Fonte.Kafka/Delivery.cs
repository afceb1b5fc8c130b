using Confluent.Kafka;

namespace Fonte.Kafka;

/// <summary>What became of the records of one request.</summary>
/// <param name="count">How many there are.</param>
internal sealed class Delivery(int count)
{
    private readonly TaskCompletionSource<string?> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile string? _fault;
    private volatile bool _mayBeThere;
    private int _left = count;

    /// <summary>Completes when each is confirmed or given up, with what went wrong.</summary>
    internal Task<string?> Completion => _completion.Task;

    /// <summary>Whether none can be in the topic.</summary>
    internal bool NothingWasSent => !_mayBeThere;

    internal void Report(DeliveryReport<Null, byte[]> report)
    {
        _mayBeThere |= report.Status != PersistenceStatus.NotPersisted;
        if (report.Error.IsError) _fault ??= report.Error.Reason;
        Done(1);
    }

    /// <summary>The last of them were not even handed over.</summary>
    internal void Refused(int last, string why)
    {
        _fault ??= why;
        Done(last);
    }

    private void Done(int some)
    {
        if (Interlocked.Add(ref _left, -some) == 0) _completion.TrySetResult(_fault);
    }
}
