using Microsoft.Extensions.Logging;

namespace Fonte.Samples.Pages;

/// <summary>Publishes what a sample has to say, again and again: a failure is logged, and the next event is due all the same.</summary>
public sealed partial class SteadyPublisher(IEventPublisher publisher, ILogger<SteadyPublisher> logger)
{
    /// <summary>Publishes at once and then at every tick of <paramref name="timer"/>, until <paramref name="stoppingToken"/> is cancelled.</summary>
    /// <param name="timer">Belongs to the caller, who may change its period.</param>
    /// <param name="next">The events of this moment, which become one request; none is nothing to say.</param>
    /// <param name="stoppingToken">That of the host.</param>
    public async Task RepeatAsync(PeriodicTimer timer, Func<IReadOnlyList<EventDraft>> next, CancellationToken stoppingToken)
    {
        ArgumentNullException.ThrowIfNull(timer);
        ArgumentNullException.ThrowIfNull(next);
        try
        {
            do await AttemptAsync(next, stoppingToken);
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host is stopping.
        }
    }

    /// <summary>Publishes once.</summary>
    public Task PublishAsync(IReadOnlyList<EventDraft> events, CancellationToken stoppingToken) => AttemptAsync(() => events, stoppingToken);

    private async Task AttemptAsync(Func<IReadOnlyList<EventDraft>> next, CancellationToken stoppingToken)
    {
        IReadOnlyList<EventDraft> events = [];
        try
        {
            events = next();
            if (events.Count == 0) return;
            var result = await publisher.PublishAsync(new PublishRequest { Events = events }, stoppingToken);
            if (!result.IsPublished) Log.Refused(logger, TopicOf(events), result.Outcome, result.Fault?.Sentence);
        }
#pragma warning disable CA1031 // Whatever went wrong, the next event is due: the loop must outlive every failure of one publish.
        catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
#pragma warning restore CA1031
        {
            Log.Failed(logger, TopicOf(events), exception);
        }
    }

    private static string TopicOf(IReadOnlyList<EventDraft> events) => events.Count > 0 ? events[0].Topics[0] : "none yet";

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "An event of '{Topic}' was not published: {Outcome}. {Fault}")]
        public static partial void Refused(ILogger logger, string topic, PublishOutcome outcome, string? fault);

        [LoggerMessage(2, LogLevel.Error, "An event of '{Topic}' could not be published; the next one is due all the same.")]
        public static partial void Failed(ILogger logger, string topic, Exception exception);
    }
}
