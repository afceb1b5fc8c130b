namespace Fonte;

/// <summary>Is told when a subscriber's event stream begins and ends.</summary>
internal interface ISubscriberTracker
{
    /// <summary>The stream is open.</summary>
    void Begun();

    /// <summary>The stream has ended. Never before it has begun.</summary>
    void Ended();
}
