using Fonte.Samples.Pages;
using Microsoft.Extensions.Options;

namespace Fonte.Samples.Sensors;

/// <summary>Publishes what the machines measure: all of one moment in one request.</summary>
internal sealed class SensorsPublisher(SteadyPublisher publisher, TimeProvider time, IOptions<SensorsOptions> options) : BackgroundService
{
    private static readonly TimeSpan AtOnce = TimeSpan.FromMilliseconds(1);

    private readonly PeriodicTimer _timer = new(options.Value.Interval, time);
    private long _interval = options.Value.Interval.Ticks;

    /// <summary>The furnace is usually close to the alert, and now and then above it.</summary>
    public IReadOnlyList<Machine> Machines { get; } =
    [
        new("press", 27, options.Value.Seed),
        new("furnace", 34, options.Value.Seed + 10),
        new("lathe", 24, options.Value.Seed + 20),
        new("compressor", 31, options.Value.Seed + 30),
    ];

    /// <summary>The time from one measurement to the next. After a change the next one comes at once: it tells the pages when to expect another.</summary>
    public TimeSpan Interval
    {
        get => TimeSpan.FromTicks(Interlocked.Read(ref _interval));
        set
        {
            Interlocked.Exchange(ref _interval, value.Ticks);
            // Measured by the loop alone, which sets the period to the interval again.
            _timer.Period = AtOnce;
        }
    }

    public override void Dispose()
    {
        _timer.Dispose();
        base.Dispose();
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => publisher.RepeatAsync(_timer, MeasureAll, stoppingToken);

    // One that is silent measures on: what it says when it speaks again has gone on meanwhile.
    private List<EventDraft> MeasureAll()
    {
        if (_timer.Period != Interval) _timer.Period = Interval;
        var now = time.GetUtcNow();
        var all = Machines.Select(machine => (machine.IsSilent, Draft: new EventDraft { Topics = [machine.Topic], Data = machine.Measure(now, Interval) })).ToList();
        return [.. all.Where(each => !each.IsSilent).Select(each => each.Draft)];
    }
}
