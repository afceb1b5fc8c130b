using System.Threading.Channels;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Fonte.Browser.Tests.Samples;

/// <summary>Fake time that tells when somebody has started to wait, so that a test advances it neither too early nor by guess.</summary>
internal sealed class SignallingTime(DateTimeOffset start) : FakeTimeProvider(start)
{
    private readonly Channel<TimeSpan> _timers = Channel.CreateUnbounded<TimeSpan>();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        _timers.Writer.TryWrite(dueTime);
        return timer;
    }

    public ValueTask<TimeSpan> TimerStartedAsync() => _timers.Reader.ReadAsync(TestContext.Current.CancellationToken);
}
