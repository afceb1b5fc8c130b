using Microsoft.Extensions.Options;

namespace Fonte.Samples.Activity;

/// <summary>Publishes what happens in the invented company.</summary>
internal sealed partial class ActivityPublisher(IEventPublisher publisher, TimeProvider timeProvider, IOptions<ActivityOptions> options, ILogger<ActivityPublisher> logger)
    : BackgroundService
{
    private readonly CompanyDay _day = new(new Random(options.Value.Seed));

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            using var timer = new PeriodicTimer(options.Value.Interval, timeProvider);
            do await PublishAsync(stoppingToken);
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host is stopping.
        }
    }

    private async Task PublishAsync(CancellationToken cancellationToken)
    {
        try
        {
            var result = await publisher.PublishAsync(_day.Next(timeProvider.GetUtcNow()), cancellationToken);
            if (!result.IsPublished) Log.Refused(logger, result.Outcome, result.Fault?.Sentence);
        }
#pragma warning disable CA1031 // Whatever went wrong, the next event is due: the loop must outlive every failure of one publish.
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
#pragma warning restore CA1031
        {
            Log.Failed(logger, exception);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "An event of the activity was not published: {Outcome}. {Fault}")]
        public static partial void Refused(ILogger logger, PublishOutcome outcome, string? fault);

        [LoggerMessage(2, LogLevel.Error, "An event of the activity could not be published; the day goes on.")]
        public static partial void Failed(ILogger logger, Exception exception);
    }
}
