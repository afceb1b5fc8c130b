using Fonte.Samples.Pages;

namespace Fonte.Samples.Lab;

/// <summary>Publishes one stream at one interval until it is stopped.</summary>
internal sealed class LabLoop(LabStream stream, LabInterval interval, SteadyPublisher publisher, TimeProvider time)
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
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return;
        }

        using var timer = new PeriodicTimer(interval.Duration, time);
        await publisher.RepeatAsync(timer, () => [Next()], cancellationToken);
    }

    private EventDraft Next() => new() { Topics = [Topic], Data = stream.Write(_readings, ++_count, time.GetLocalNow()) };
}
