namespace Fonte;

/// <summary>Why an event stream ended. One list for logs, metric tags and decisions.</summary>
public enum DisconnectReason
{
    /// <summary>The subscriber closed the connection, or it broke.</summary>
    ClientGone,

    /// <summary>The hub is stopping.</summary>
    Draining,

    /// <summary>The subscriber accepted nothing for the write timeout.</summary>
    WriteTimeout,

    /// <summary>What the subscriber is to get next cannot be read from the log.</summary>
    LogUnreadable,

    /// <summary>Events the subscriber has not seen are no longer kept, and it declined to be told in band, or half of one was sent.</summary>
    Gap,

    /// <summary>The access token with which the stream was opened has expired.</summary>
    TokenExpired,

    /// <summary>The stream had lasted as long as streams may; the subscriber reconnects.</summary>
    Lifetime,

    /// <summary>Somebody who may has ended it; the subscriber may reconnect.</summary>
    Kicked,

    /// <summary>The access token with which the stream was opened has been revoked.</summary>
    Revoked,

    /// <summary>It was a poll, and has its answer.</summary>
    Answered,
}
