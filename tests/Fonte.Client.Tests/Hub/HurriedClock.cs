using Microsoft.Extensions.Time.Testing;

namespace Fonte.Client.Tests.Hub;

/// <summary>A fake clock on which every wait is over as soon as it is begun; idle timeouts run only by <see cref="FakeTimeProvider.Advance"/>.</summary>
internal sealed class HurriedClock : FakeTimeProvider
{
    private readonly List<TimeSpan> _waits = [];

    public IReadOnlyList<TimeSpan> Waits => _waits;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        // An idle timeout is created stopped; only a wait is created running.
        if (dueTime != Timeout.InfiniteTimeSpan)
        {
            _waits.Add(dueTime);
            ThreadPool.QueueUserWorkItem(_ => Advance(dueTime));
        }

        return timer;
    }
}

/// <summary>Jitter that is always the same fraction of what it may be.</summary>
internal sealed class FixedJitter(double fraction) : Random
{
    public override double NextDouble() => fraction;
}
