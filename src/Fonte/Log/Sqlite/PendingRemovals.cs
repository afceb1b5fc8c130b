using System.Diagnostics.CodeAnalysis;

namespace Fonte;

/// <summary>The removal that the writer is to do, at most one at a time: the upkeep asks for the next when this one is durable.</summary>
internal sealed class PendingRemovals(TruncationMarks marks)
{
    // Small enough that the appends committed with it hardly notice, and more than twice what came, so that the log shrinks while it is written.
    private const int LeastOfStep = 256;
    private const int StepPerAppend = 2;

    private readonly Lock _lock = new();
    private Removal? _waiting;
    private bool _closed;

    /// <summary>Asks for a removal; the marks hold from now on, before anything goes.</summary>
    internal Task Post(Removal removal)
    {
        marks.Raise(removal);
        lock (_lock)
        {
            if (_closed) removal.Abandon();
            else _waiting = removal;
        }
        return removal.Done;
    }

    /// <summary>The next step for a commit with so many appends, if something is to go.</summary>
    internal RemovalStep? Next(long next, int appends)
    {
        lock (_lock) return _waiting is null ? null : new(_waiting, Math.Max(LeastOfStep, StepPerAppend * appends), next);
    }

    /// <summary>A step is durable. True when that was the last of its removal, which the caller then completes.</summary>
    internal bool Done(RemovalStep step, [NotNullWhen(true)] out Removal? finished)
    {
        finished = null;
        if (!step.Done()) return false;
        lock (_lock) (finished, _waiting) = (_waiting!, null);
        return true;
    }

    internal void Close()
    {
        lock (_lock)
        {
            _closed = true;
            _waiting?.Abandon();
            _waiting = null;
        }
    }
}
