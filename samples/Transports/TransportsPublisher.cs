using System.Globalization;
using Fonte.Samples.Pages;

namespace Fonte.Samples.Transports;

/// <summary>Publishes numbered events at the rate that was last asked for, as long as somebody looks.</summary>
internal sealed class TransportsPublisher(SteadyPublisher publisher, TransportMeter meter, TimeProvider time) : BackgroundService
{
    public const string Topic = "transports";
    public const double SlowestRate = 0.1;
    public const double FastestRate = 20;

    private readonly PeriodicTimer _timer = new(TimeSpan.FromSeconds(1), time);
    private double _rate = 1;
    private long _number;

    /// <summary>Events a second.</summary>
    public double Rate
    {
        get => Volatile.Read(ref _rate);
        set
        {
            Volatile.Write(ref _rate, Math.Clamp(value, SlowestRate, FastestRate));
            _timer.Period = TimeSpan.FromSeconds(1 / Rate);
        }
    }

    public override void Dispose()
    {
        _timer.Dispose();
        base.Dispose();
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => publisher.RepeatAsync(_timer, () => meter.IsWatched ? [Next()] : [], stoppingToken);

    private EventDraft Next()
    {
        var data = string.Create(CultureInfo.InvariantCulture, $"{{\"number\":{++_number},\"at\":{time.GetUtcNow().ToUnixTimeMilliseconds()}}}");
        return EventDraft.Create(Topic, data);
    }
}
