using Fonte.Samples.Lab;
using Fonte.Samples.Pages;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Fonte.Browser.Tests.Samples;

public sealed class LabLoopsTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 9, 7, 5, 0, TimeSpan.Zero);
    private static readonly LabStream Messages = LabStream.All[0];

    private readonly SignallingTime _time = new(Start);
    private readonly RecordingPublisher _publisher = new();
    private readonly LabLoops _loops;

    public LabLoopsTests() => _loops = new LabLoops(new(_publisher, NullLogger<SteadyPublisher>.Instance), _time);

    [Fact]
    public void Subscribers_of_the_same_stream_and_interval_share_one_loop()
    {
        using var first = _loops.Join(Messages, LabInterval.Default);
        using var second = _loops.Join(Messages, LabInterval.Default);
        using var other = _loops.Join(LabStream.All[1], LabInterval.Default);

        Assert.Equal(2, _loops.Count);
    }

    [Fact]
    public void Loop_stops_some_time_after_its_last_subscriber_has_left_unless_one_comes_back()
    {
        var first = _loops.Join(Messages, LabInterval.Default)!;
        first.Dispose();
        first.Dispose();
        _time.Advance(LabLoops.Linger - TimeSpan.FromSeconds(1));
        var second = _loops.Join(Messages, LabInterval.Default)!;
        _time.Advance(LabLoops.Linger);
        Assert.Equal(1, _loops.Count);

        second.Dispose();
        _time.Advance(LabLoops.Linger);

        Assert.Equal(0, _loops.Count);
    }

    [Fact]
    public void Loops_are_bounded_and_one_that_runs_can_still_be_joined()
    {
        var leases = Enumerable.Range(10, LabLoops.Limit).Select(tenths => _loops.Join(Messages, new LabInterval(tenths))).ToList();
        Assert.DoesNotContain(null, leases);

        Assert.Null(_loops.Join(Messages, new LabInterval(5)));
        Assert.NotNull(_loops.Join(Messages, new LabInterval(10)));
    }

    [Fact]
    public async Task Loop_waits_for_a_subscriber_counts_from_one_publishes_at_its_interval_and_outlives_a_failure()
    {
        _publisher.Failures.Enqueue(new IOException("The disk is full."));
        using var lease = _loops.Join(Messages, LabInterval.Default)!;
        _time.Advance(TimeSpan.FromHours(1));
        lease.Begin();
        var (topic, data) = await _publisher.NextAsync();
        Assert.Equal("lab/eventos/2.0", topic);
        Assert.Equal("""{"contador":1,"mensagem":"Olá! Esta é a mensagem número 1.","horario":"08:05:00"}""", data);

        _time.Advance(LabInterval.Default.Duration);
        (_, data) = await _publisher.NextAsync();
        Assert.StartsWith("""{"contador":2,""", data, StringComparison.Ordinal);

        await _loops.StopAsync(TestContext.Current.CancellationToken);
        Assert.Null(_loops.Join(Messages, LabInterval.Default));
    }
}
