namespace Fonte;

/// <summary>A subscriber's hold on its event stream.</summary>
internal sealed class SubscriberHandle(EventHub hub, Pump pump, Subscriber subscriber)
{
    /// <summary>Waits until the stream has ended and nothing more will be written to the pipe.</summary>
    /// <param name="gone">Says that the connection is gone.</param>
    internal async Task<StreamEnd> WaitAsync(CancellationToken gone)
    {
        var registration = gone.UnsafeRegister(static state => ((SubscriberHandle)state!).Detach(), this);
        try
        {
            return await subscriber.Completion.ConfigureAwait(false);
        }
        finally
        {
            await registration.DisposeAsync().ConfigureAwait(false);
            hub.Left();
        }
    }

    private void Detach() => pump.Post(PumpMessage.Detach(subscriber));
}
