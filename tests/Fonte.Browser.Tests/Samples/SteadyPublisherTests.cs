using Fonte.Samples.Pages;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Fonte.Browser.Tests.Samples;

/// <summary>The loop that all samples publish with.</summary>
public sealed class SteadyPublisherTests
{
    private readonly SignallingTime _time = new(new(2026, 3, 9, 7, 5, 0, TimeSpan.Zero));
    private readonly RecordingPublisher _publisher = new();

    [Fact]
    public async Task Failures_do_not_end_the_loop_nothing_to_say_is_not_published_and_a_change_of_the_period_counts_at_once()
    {
        using var stop = new CancellationTokenSource();
        using var timer = new PeriodicTimer(TimeSpan.FromHours(1), _time);
        _publisher.Failures.Enqueue(new IOException("The disk is full."));
        var number = 0;
        var loop = new SteadyPublisher(_publisher, NullLogger<SteadyPublisher>.Instance)
            .RepeatAsync(timer, Next, stop.Token);
        Assert.Equal(("t", "1"), await _publisher.NextAsync());

        _time.Advance(TimeSpan.FromHours(1));
        await SeenAsync(2);
        timer.Period = TimeSpan.FromSeconds(1);
        _time.Advance(TimeSpan.FromSeconds(1));
        await SeenAsync(3);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(("t", "4"), await _publisher.NextAsync());

        await stop.CancelAsync();
        await loop;

        IReadOnlyList<EventDraft> Next() => ++number switch
        {
            2 => [],
            3 => throw new InvalidOperationException("Nothing can be made of this."),
            _ => [EventDraft.Create("t", $"{number}")],
        };

        async Task SeenAsync(int count)
        {
            while (Volatile.Read(ref number) < count) await Task.Yield();
        }
    }

    [Fact]
    public async Task Refused_event_is_logged_and_the_next_one_published()
    {
        var publisher = new RecordingPublisher { Refuses = 1 };
        using var stop = new CancellationTokenSource();
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1), _time);
        var loop = new SteadyPublisher(publisher, NullLogger<SteadyPublisher>.Instance).RepeatAsync(timer, () => [EventDraft.Create("t", "x")], stop.Token);
        await publisher.NextAsync();
        _time.Advance(TimeSpan.FromSeconds(1));
        await publisher.NextAsync();
        await stop.CancelAsync();
        await loop;
    }
}
