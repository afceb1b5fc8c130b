namespace Fonte.Samples.Lab;

/// <summary>Publishes one stream at one interval until it is stopped.</summary>
internal sealed partial class LabLoop(LabStream stream, LabInterval interval, IEventPublisher publisher, TimeProvider timeProvider, ILogger logger)
{
    private readonly LabReadings _readings = new(new Random());
    private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _count;

    public string Topic { get; } = stream.Topic(interval);

    /// <summary>Lets the first reading out, at once: nobody wants to wait an hour for it. Called when a subscriber's place in the log is known, so that it gets that reading too.</summary>
    public void Begin() => _begun.TrySetResult();

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _begun.Task.WaitAsync(cancellationToken);
            using var timer = new PeriodicTimer(interval.Duration, timeProvider);
            do await PublishAsync(cancellationToken);
            while (await timer.WaitForNextTickAsync(cancellationToken));
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Unused, or the host is stopping.
        }
    }

    private async Task PublishAsync(CancellationToken cancellationToken)
    {
        try
        {
            var data = stream.Write(_readings, ++_count, timeProvider.GetLocalNow());
            var result = await publisher.PublishAsync(new EventDraft { Topics = [Topic], Data = data }, cancellationToken);
            if (!result.IsPublished) Log.Refused(logger, Topic, result.Outcome, result.Fault?.Sentence);
        }
#pragma warning disable CA1031 // Whatever went wrong, the next event is due: the loop must outlive every failure of one publish.
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
#pragma warning restore CA1031
        {
            Log.Failed(logger, Topic, exception);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "An event of '{Topic}' was not published: {Outcome}. {Fault}")]
        public static partial void Refused(ILogger logger, string topic, PublishOutcome outcome, string? fault);

        [LoggerMessage(2, LogLevel.Error, "An event of '{Topic}' could not be published; its loop goes on.")]
        public static partial void Failed(ILogger logger, string topic, Exception exception);
    }
}
