using Fonte.Samples.Pages;
using Microsoft.Extensions.Options;

namespace Fonte.Samples.Activity;

/// <summary>Publishes what happens in the invented company.</summary>
internal sealed class ActivityPublisher(SteadyPublisher publisher, TimeProvider time, IOptions<ActivityOptions> options) : BackgroundService
{
    private readonly CompanyDay _day = new(new Random(options.Value.Seed), firstOrder: time.GetUtcNow().ToUnixTimeSeconds() % 1_000_000);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Value.Interval, time);
        await publisher.RepeatAsync(timer, () => [_day.Next(time.GetUtcNow())], stoppingToken);
    }
}
