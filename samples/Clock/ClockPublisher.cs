using System.Globalization;
using Fonte.Samples.Pages;

namespace Fonte.Samples.Clock;

/// <summary>Publishes the date and time to the hub once a second: one event, however many pages show it.</summary>
internal sealed class ClockPublisher(SteadyPublisher publisher, TimeProvider timeProvider) : BackgroundService
{
    public const string Topic = "clock";

    // Spelled out, and with the invariant culture: '/' and ':' would otherwise be whatever the server's culture separates with.
    private const string Format = "dd/MM/yyyy HH:mm:ss";

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                var second = await NextSecondAsync(stoppingToken);
                await PublishAsync(second, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host is stopping: the loop ends here and nowhere else.
        }
    }

    /// <summary>Waits for the start of the next second of the wall clock and returns it.</summary>
    private async Task<DateTimeOffset> NextSecondAsync(CancellationToken cancellationToken)
    {
        var now = timeProvider.GetUtcNow();
        var second = new DateTimeOffset(now.Ticks - (now.Ticks % TimeSpan.TicksPerSecond) + TimeSpan.TicksPerSecond, TimeSpan.Zero);
        // A timer counts whole milliseconds of another clock and may fire just before the second begins. A wall clock that was
        // set back meanwhile must not stop the loop until it has caught up, so a wait of more than a second starts afresh.
        while (now < second)
        {
            var wait = second - now;
            if (wait > TimeSpan.FromSeconds(1)) return await NextSecondAsync(cancellationToken);
            await Task.Delay(TimeSpan.FromMilliseconds(Math.Ceiling(wait.TotalMilliseconds)), timeProvider, cancellationToken);
            now = timeProvider.GetUtcNow();
        }

        return second;
    }

    private Task PublishAsync(DateTimeOffset second, CancellationToken cancellationToken)
    {
        var text = TimeZoneInfo.ConvertTime(second, timeProvider.LocalTimeZone).ToString(Format, CultureInfo.InvariantCulture);
        return publisher.PublishAsync([EventDraft.Create(Topic, text)], cancellationToken);
    }
}
