using System.Globalization;

namespace Fonte.Samples.Clock;

/// <summary>Publishes the date and time to the hub once a second: one event, however many pages show it.</summary>
internal sealed partial class ClockPublisher(IEventPublisher publisher, TimeProvider timeProvider, ILogger<ClockPublisher> logger)
    : BackgroundService
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

    private async Task PublishAsync(DateTimeOffset second, CancellationToken cancellationToken)
    {
        var text = TimeZoneInfo.ConvertTime(second, timeProvider.LocalTimeZone).ToString(Format, CultureInfo.InvariantCulture);
        try
        {
            var result = await publisher.PublishAsync(Topic, text, cancellationToken);
            if (!result.IsPublished) Log.Refused(logger, text, result.Outcome, result.Fault?.Sentence);
        }
#pragma warning disable CA1031 // Whatever went wrong, the next second is due: the loop must outlive every failure of one publish.
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
#pragma warning restore CA1031
        {
            Log.Failed(logger, text, exception);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "The clock's event '{Text}' was not published: {Outcome}. {Fault}")]
        public static partial void Refused(ILogger logger, string text, PublishOutcome outcome, string? fault);

        [LoggerMessage(2, LogLevel.Error, "The clock's event '{Text}' could not be published; the clock goes on.")]
        public static partial void Failed(ILogger logger, string text, Exception exception);
    }
}
