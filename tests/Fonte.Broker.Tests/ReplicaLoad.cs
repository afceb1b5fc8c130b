using System.Globalization;
using Xunit;

namespace Fonte.Broker.Tests;

/// <summary>Lanes that append at two nodes as fast as they are answered, and the proof of what came of it.</summary>
internal sealed class ReplicaLoad : IAsyncDisposable
{
    private const int Lanes = 8;
    private readonly TestNode _one;
    private readonly TestNode _two;
    private readonly CancellationTokenSource _stop = CancellationTokenSource.CreateLinkedTokenSource(TestNode.Stop);
    private readonly List<string> _acknowledged = [];
    private readonly Task[] _publishing;
    private readonly bool _withKeys;
    private int _refused;

    /// <param name="one">Where the even lanes append.</param>
    /// <param name="two">Where the odd lanes append.</param>
    /// <param name="withKeys">Whether each event has an idempotency key.</param>
    internal ReplicaLoad(TestNode one, TestNode two, bool withKeys = false)
    {
        (_one, _two, _withKeys) = (one, two, withKeys);
        _publishing = [.. Enumerable.Range(0, Lanes).Select(lane => Task.Run(() => PublishAsync(lane)))];
    }

    internal int Refused => Volatile.Read(ref _refused);

    private int Acknowledged
    {
        get { lock (_acknowledged) return _acknowledged.Count; }
    }

    /// <summary>Waits until so many more are acknowledged.</summary>
    internal Task UntilAcknowledgedAsync(int more)
    {
        var before = Acknowledged;
        return TestNode.UntilAsync(() => Acknowledged > before + more);
    }

    /// <summary>Ends it: both nodes hold the same, everything that was acknowledged, nothing twice, and each lane in its order.</summary>
    internal async Task ProveAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_publishing);
        await _one.CurrentAsync(_two.Log.NextOffset);
        await _two.CurrentAsync(_one.Log.NextOffset);
        var kept = _one.Data().ToList();
        Assert.Equal(kept, _two.Data());
        Assert.Equal(kept.Count, kept.Distinct().Count());
        Assert.Empty(_acknowledged.Except(kept));
        foreach (var lane in kept.GroupBy(data => data.Split('.')[0])) Assert.Equal(lane.OrderBy(data => int.Parse(data.Split('.')[1], CultureInfo.InvariantCulture)), lane);
        Assert.Equal((0, 0), (_one.Replacements, _two.Replacements));
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_publishing);
        _stop.Dispose();
    }

    private async Task PublishAsync(int lane)
    {
        for (var n = 0; !_stop.IsCancellationRequested; n++)
        {
            var data = $"{lane}.{n}";
            var result = await (lane % 2 == 0 ? _one : _two).AppendAsync($"t{lane}", data, _withKeys ? data : null);
            if (result.Outcome is AppendOutcome.Appended or AppendOutcome.AlreadyAppended)
            {
                lock (_acknowledged) _acknowledged.Add(data);
                continue;
            }
            Interlocked.Increment(ref _refused);
            await Task.Delay(20, CancellationToken.None);
        }
    }
}
