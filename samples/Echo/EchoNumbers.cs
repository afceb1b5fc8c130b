namespace Fonte.Samples.Echo;

/// <summary>How many texts each session has posted, of as many sessions as are remembered: the one that posted first is forgotten first.</summary>
internal sealed class EchoNumbers
{
    public const int Most = 10_000;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Session> _sessions = [];
    private readonly Queue<string> _order = [];

    /// <summary>Publishes what <paramref name="publish"/> makes of the next number: a session's texts one after the other, so that they stand in the log in the order of their numbers.</summary>
    public async Task<PublishResult> PublishAsync(string topic, Func<long, ValueTask<PublishResult>> publish, CancellationToken cancellationToken)
    {
        var session = Of(topic);
        await session.Turn.WaitAsync(cancellationToken);
        try
        {
            return await publish(++session.Number);
        }
        finally
        {
            session.Turn.Release();
        }
    }

    private Session Of(string topic)
    {
        lock (_lock)
        {
            if (_sessions.TryGetValue(topic, out var known)) return known;
            if (_sessions.Count == Most) _sessions.Remove(_order.Dequeue());
            _order.Enqueue(topic);
            return _sessions[topic] = new();
        }
    }

    private sealed class Session
    {
        /// <summary>Never waited on by a thread, so that it holds nothing that had to be disposed.</summary>
        public SemaphoreSlim Turn { get; } = new(1);

        public long Number { get; set; }
    }
}
