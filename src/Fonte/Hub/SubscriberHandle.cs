namespace Fonte;

/// <summary>A subscriber's hold on its event stream.</summary>
internal sealed class SubscriberHandle(EventHub hub, Pump pump, Subscriber subscriber)
{
    /// <summary>Waits until the stream has ended and nothing more will be written to its output.</summary>
    /// <param name="gone">Says that the connection is gone.</param>
    internal async Task<StreamEnd> WaitAsync(CancellationToken gone)
    {
        var registration = gone.UnsafeRegister(static state => ((SubscriberHandle)state!).Detach(), this);
        var end = await subscriber.Completion.ConfigureAwait(false);
        await registration.DisposeAsync().ConfigureAwait(false);
        hub.Left(subscriber, end);
        return end;
    }

    /// <summary>Ends the stream.</summary>
    internal void Detach() => pump.Post(PumpMessage.Detach(subscriber));

    /// <summary>Completes when the stream has ended and nothing more will be written to its output.</summary>
    internal Task<StreamEnd> Completion => subscriber.Completion;

    /// <summary>Says, once, that the stream has ended.</summary>
    internal void Left(StreamEnd end) => hub.Left(subscriber, end);
}
