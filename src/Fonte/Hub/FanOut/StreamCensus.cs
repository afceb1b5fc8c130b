namespace Fonte;

/// <summary>What is known of one event stream at a moment.</summary>
/// <param name="Age">How long it has lasted.</param>
/// <param name="State">What its pump is doing with it.</param>
/// <param name="Matchers">What it wants.</param>
/// <param name="Next">The first offset that it has not seen.</param>
internal sealed record StreamReport(TimeSpan Age, SubscriberState State, IReadOnlyList<TopicMatcher> Matchers, long Next);

/// <summary>Looks at the event streams of all pumps: how many there are, and those that are furthest behind, at most so many. Thread-safe.</summary>
/// <param name="most">How many streams are reported at most.</param>
/// <param name="pumps">How many pumps take part.</param>
internal sealed class StreamCensus(int most, int pumps)
{
    private readonly TaskCompletionSource<StreamCensus> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<StreamReport> _reports = [];
    private int _left = pumps;
    private int _total;

    /// <summary>Completes when all pumps have looked.</summary>
    internal Task<StreamCensus> Completion => _done.Task;

    /// <summary>How many event streams there are.</summary>
    internal int Total => _total;

    /// <summary>Those that are furthest behind, the furthest first.</summary>
    internal IReadOnlyList<StreamReport> Reports => [.. _reports.OrderBy(report => report.Next).Take(most)];

    /// <summary>A pump, in its own turn, gives its streams, each by its cursor.</summary>
    internal void Done(IReadOnlyList<Subscriber> streams, Func<Subscriber, long> next, Func<Subscriber, StreamReport> report)
    {
        try
        {
            var behind = FurthestBehind(streams, next).Select(report).ToList();
            lock (_reports)
            {
                _total += streams.Count;
                _reports.AddRange(behind);
            }
        }
        finally
        {
            if (Interlocked.Decrement(ref _left) == 0) _done.SetResult(this);
        }
    }

    // A hub may have ten thousand streams, which are not sorted for it.
    private List<Subscriber> FurthestBehind(IReadOnlyList<Subscriber> streams, Func<Subscriber, long> next)
    {
        var kept = new PriorityQueue<Subscriber, long>(Math.Min(most, streams.Count));
        foreach (var stream in streams)
        {
            if (kept.Count < most) kept.Enqueue(stream, -next(stream));
            else kept.EnqueueDequeue(stream, -next(stream));
        }
        return [.. kept.UnorderedItems.Select(item => item.Element)];
    }
}
