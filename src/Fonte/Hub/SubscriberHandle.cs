namespace Fonte;

/// <summary>A subscriber's hold on its event stream.</summary>
internal sealed class SubscriberHandle(EventHub hub, Pump pump, Subscriber subscriber)
{
    /// <summary>Waits for the end of the stream, when nothing more will be written to its output, and counts it out.</summary>
    /// <param name="gone">Ends the stream, because the connection is gone.</param>
    internal async Task<StreamEnd> EndAsync(CancellationToken gone)
    {
        var end = await WaitAsync(gone).ConfigureAwait(false);
        Left(end);
        return end;
    }

    /// <summary>Counts it out; only after <see cref="WaitAsync"/>, by who has still to send what was collected.</summary>
    internal void Left(StreamEnd end) => hub.Left(subscriber, end);

    /// <summary>Waits for the end of the stream; it still counts.</summary>
    internal async Task<StreamEnd> WaitAsync(CancellationToken gone)
    {
        var registration = gone.UnsafeRegister(static state => ((SubscriberHandle)state!).Detach(), this);
        var end = await subscriber.Completion.ConfigureAwait(false);
        // Its callback may be running: what it says of a stream that has ended is not heard.
        registration.Unregister();
        return end;
    }

    /// <summary>Ends the stream between two events; its subscriber goes on in another.</summary>
    internal void Leave() => pump.Post(PumpMessage.Leave(subscriber));

    /// <summary>Ends the stream, because the connection is gone.</summary>
    internal void Detach() => pump.Post(PumpMessage.Detach(subscriber));
}
