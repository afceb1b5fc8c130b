namespace Fonte.Samples.Echo;

/// <summary>How many texts each session has posted, of as many sessions as are remembered: the one that posted first is forgotten first.</summary>
internal sealed class EchoNumbers
{
    public const int Most = 10_000;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, long> _numbers = [];
    private readonly Queue<string> _order = [];

    /// <summary>Publishes what <paramref name="publish"/> makes of the next number.</summary>
    /// <remarks>Under the lock, which the log's queue takes no time of, so that the numbers of a session stand in the log in their order.</remarks>
    public Task<PublishResult> PublishAsync(string topic, Func<long, ValueTask<PublishResult>> publish)
    {
        lock (_lock)
        {
            if (!_numbers.TryGetValue(topic, out var number))
            {
                if (_numbers.Count == Most) _numbers.Remove(_order.Dequeue());
                _order.Enqueue(topic);
            }

            return publish(_numbers[topic] = number + 1).AsTask();
        }
    }
}
