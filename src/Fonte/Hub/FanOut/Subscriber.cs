namespace Fonte;

/// <summary>What a subscriber's pump is doing with it.</summary>
internal enum SubscriberState
{
    /// <summary>Its pump has not greeted it yet.</summary>
    New,

    /// <summary>It has seen everything and gets new events at once.</summary>
    Live,

    /// <summary>It is behind, and its pump writes what it missed as it comes round to it.</summary>
    Behind,

    /// <summary>It is behind further than memory reaches, and a reader fetches what comes next from the log.</summary>
    Reading,

    /// <summary>Its socket takes no more; nothing is written until it drains.</summary>
    Parked,

    /// <summary>Its stream has ended.</summary>
    Gone,
}

/// <summary>How a stream ended.</summary>
/// <param name="Reason">Why.</param>
/// <param name="AtBoundary">Whether everything written was whole events that the socket took; otherwise the connection must be cut.</param>
/// <param name="Next">The first offset that it has not seen, if it ended at a boundary.</param>
internal readonly record struct StreamEnd(DisconnectReason Reason, bool AtBoundary, long Next = 0);

/// <summary>One event stream: a cursor, and a way to its socket. There is no queue.</summary>
/// <remarks>Touched by its pump only, but for <see cref="Completion"/>.</remarks>
internal sealed class Subscriber(SubscribeRequest request, ResumePoint start, StreamOutput output, int retryMilliseconds)
{
    private readonly TaskCompletionSource<StreamEnd> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal StreamOutput Output { get; } = output;

    /// <summary>Where it begins; let go once it has been told.</summary>
    internal ResumePoint? Start { get; set; } = start;

    internal int RetryMilliseconds { get; } = retryMilliseconds;

    internal bool TellGaps => request.TellGaps;

    internal StreamForm Form => request.Form;

    internal bool IsPoll => request.Wait is not null;

    internal TopicSelection Topics => request.Topics;

    internal ISubscriberTracker? Tracker => request.Tracker;

    internal IStreamOwner? Owner => request.Owner;

    /// <summary>What the log's count of truncations was when it last knew that events of its topics may be missing.</summary>
    internal long KnownTruncations { get; set; } = start.Truncations;

    internal IReadOnlyList<TopicMatcher> Matchers => request.Topics.Matchers;

    /// <summary>Its places in the routes of its pump, one for each matcher.</summary>
    internal Route[] Routes { get; set; } = [];

    /// <summary>The hub's clock when it subscribed.</summary>
    internal long OpenedAt { get; init; }

    /// <summary>How long the stream may last, or <see cref="Timeout.InfiniteTimeSpan"/>.</summary>
    internal TimeSpan Lifetime { get; init; } = Timeout.InfiniteTimeSpan;

    /// <summary>On the hub's clock, when the stream must have ended; <see cref="long.MaxValue"/> for never.</summary>
    internal long Deadline { get; init; } = long.MaxValue;

    /// <summary>On the hub's clock, from when on the stream ends as soon as it has seen everything; <see cref="long.MaxValue"/> for never.</summary>
    internal long AnswerAt { get; init; } = long.MaxValue;

    /// <summary>Up to here it has to have seen the log before it may end so: what was durable when a poll asked is in its answer.</summary>
    internal long Reach { get; init; }

    /// <summary>Whether it waits for that alone.</summary>
    internal bool IsDue { get; set; }

    /// <summary>Whether the stream is to end between two events, as soon as there is such a place.</summary>
    internal bool IsLeaving { get; set; }

    internal SubscriberState State { get; set; }

    /// <summary>Its place in the pump's list of subscribers.</summary>
    internal int Index { get; set; }

    /// <summary>The next offset to look at. While live it lags behind the pump's own position, and is only a lower bound.</summary>
    internal long Cursor { get; set; } = start.Next;

    /// <summary>How many bytes of the event at the cursor are already written.</summary>
    internal int Written { get; set; }

    /// <summary>The pump's clock when something was last written, or when it was parked.</summary>
    internal long LastActivity { get; set; }

    /// <summary>Set when the stream is to end as soon as the flush under way has returned.</summary>
    internal DisconnectReason? Ending { get; set; }

    /// <summary>Completes when the pump has let go: nothing is written to the pipe after that.</summary>
    internal Task<StreamEnd> Completion => _completion.Task;

    /// <summary>Whether it is to receive the event: it wants a topic of it, and may have it if it is private.</summary>
    internal bool Receives(EventFrame frame)
    {
        foreach (var matcher in request.Topics.Matchers)
        {
            if (matcher.MatchesAny(frame.Topics)) return MayRead(frame);
        }
        return false;
    }

    internal bool MayRead(EventFrame frame)
    {
        if (!frame.Private) return true;
        foreach (var grant in request.Grants)
        {
            if (grant.MatchesAny(frame.Topics)) return true;
        }
        return false;
    }

    internal void Complete(StreamEnd end) => _completion.TrySetResult(end);
}
