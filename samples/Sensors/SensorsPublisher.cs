using Microsoft.Extensions.Options;

namespace Fonte.Samples.Sensors;

/// <summary>Publishes what the machines measure: all of one moment in one request.</summary>
internal sealed partial class SensorsPublisher(IEventPublisher publisher, TimeProvider timeProvider, IOptions<SensorsOptions> options, ILogger<SensorsPublisher> logger)
    : BackgroundService
{
    /// <summary>The furnace is usually close to the alert, and now and then above it.</summary>
    public IReadOnlyList<Machine> Machines { get; } =
    [
        new("press", 27, options.Value.Seed),
        new("furnace", 34, options.Value.Seed + 10),
        new("lathe", 24, options.Value.Seed + 20),
        new("compressor", 31, options.Value.Seed + 30),
    ];

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
        var time = timeProvider.GetUtcNow();
        // One that is silent measures on: what it says when it speaks again has gone on meanwhile.
        var all = Machines.Select(machine => (machine.IsSilent, Draft: new EventDraft { Topics = [machine.Topic], Data = machine.Measure(time, options.Value.Interval) })).ToList();
        var drafts = all.Where(each => !each.IsSilent).Select(each => each.Draft).ToList();
        if (drafts.Count == 0) return;
        try
        {
            var result = await publisher.PublishAsync(new PublishRequest { Events = drafts }, cancellationToken);
            if (!result.IsPublished) Log.Refused(logger, result.Outcome, result.Fault?.Sentence);
        }
#pragma warning disable CA1031 // Whatever went wrong, the next measurement is due: the loop must outlive every failure of one publish.
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
#pragma warning restore CA1031
        {
            Log.Failed(logger, exception);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "The machines' measurements were not published: {Outcome}. {Fault}")]
        public static partial void Refused(ILogger logger, PublishOutcome outcome, string? fault);

        [LoggerMessage(2, LogLevel.Error, "The machines' measurements could not be published; they go on measuring.")]
        public static partial void Failed(ILogger logger, Exception exception);
    }
}
