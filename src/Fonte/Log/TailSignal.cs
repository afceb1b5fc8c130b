namespace Fonte;

/// <summary>Wakes those who wait for the log to grow; costs nothing while nobody waits.</summary>
internal sealed class TailSignal
{
    private readonly Lock _lock = new();
    private TaskCompletionSource? _waiters;

    /// <summary>Completes at the next <see cref="Pulse"/>, or at once when <paramref name="alreadyTrue"/> holds.</summary>
    internal Task WaitAsync(Func<bool> alreadyTrue, CancellationToken cancellationToken)
    {
        TaskCompletionSource waiters;
        lock (_lock)
        {
            if (alreadyTrue()) return Task.CompletedTask;
            waiters = _waiters ??= new(TaskCreationOptions.RunContinuationsAsynchronously);
        }
        return waiters.Task.WaitAsync(cancellationToken);
    }

    internal void Pulse()
    {
        TaskCompletionSource? waiters;
        lock (_lock) (waiters, _waiters) = (_waiters, null);
        waiters?.SetResult();
    }
}
