namespace Fonte;

/// <summary>A subscriber's hold on its event stream.</summary>
internal sealed class SubscriberHandle(EventHub hub, Pump pump, Subscriber subscriber)
{
    /// <summary>Ends the stream, because the connection is gone.</summary>
    internal void Detach() => pump.Post(PumpMessage.Detach(subscriber));

    /// <summary>Completes when the stream has ended and nothing more will be written to its output.</summary>
    internal Task<StreamEnd> Completion => subscriber.Completion;

    /// <summary>Says, once, that the stream has ended.</summary>
    internal void Left(StreamEnd end) => hub.Left(subscriber, end);
}
