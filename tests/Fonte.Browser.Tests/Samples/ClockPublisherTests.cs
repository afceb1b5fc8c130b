using Fonte.Samples.Clock;
using Fonte.Samples.Pages;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Fonte.Browser.Tests.Samples;

public sealed class ClockPublisherTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 9, 7, 5, 58, 700, TimeSpan.Zero);

    [Fact]
    public async Task Each_second_of_the_clock_is_published_once_as_it_begins()
    {
        var time = new SignallingTime(Start);
        var publisher = new RecordingPublisher();
        using var clock = new ClockPublisher(new(publisher, NullLogger<SteadyPublisher>.Instance), time);
        await clock.StartAsync(TestContext.Current.CancellationToken);

        Assert.Equal(("clock", "09/03/2026 07:05:59"), await AfterAsync(time, publisher, milliseconds: 300));
        Assert.Equal(("clock", "09/03/2026 07:06:00"), await AfterAsync(time, publisher, milliseconds: 1000));

        await clock.StopAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Publish_that_fails_does_not_stop_the_clock()
    {
        var time = new SignallingTime(Start);
        var publisher = new RecordingPublisher();
        publisher.Failures.Enqueue(new IOException("The disk is full."));
        using var clock = new ClockPublisher(new(publisher, NullLogger<SteadyPublisher>.Instance), time);
        await clock.StartAsync(TestContext.Current.CancellationToken);

        await AfterAsync(time, publisher, milliseconds: 300);

        Assert.Equal(("clock", "09/03/2026 07:06:00"), await AfterAsync(time, publisher, milliseconds: 1000));
        await clock.StopAsync(TestContext.Current.CancellationToken);
    }

    private static async Task<(string Topic, string Data)> AfterAsync(SignallingTime time, RecordingPublisher publisher, int milliseconds)
    {
        await time.TimerStartedAsync();
        time.Advance(TimeSpan.FromMilliseconds(milliseconds));
        return await publisher.NextAsync();
    }
}
