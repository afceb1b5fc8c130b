namespace Fonte;

/// <summary>Follows the tail of the log: puts each durable event into the recent window, and wakes the pumps.</summary>
internal sealed class Dispatcher(IEventLog log, EventIds ids, OffsetRing<EventFrame> window, ReplayReaders readers, IReadOnlyList<Pump> pumps)
{
    private const int BatchEvents = 1024;
    private const long BatchBytes = 4 * 1024 * 1024;
    private long _erasures = log.Erasures;

    internal async Task RunAsync(Action healthy, CancellationToken cancellationToken)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var moved = log.WaitForTailAsync(window.End, cancellationToken);
            // After the wait has begun, whose end an erasure also is: none can come unnoticed in between.
            ForgetErased();
            await moved.ConfigureAwait(false);
            ForgetErased();
            while (window.End < log.NextOffset)
            {
                cancellationToken.ThrowIfCancellationRequested();
                Advance();
            }
            healthy();
        }
    }

    private void ForgetErased()
    {
        if (log.Erasures is var erasures && erasures == _erasures) return;
        window.Reset(window.End);
        readers.Forget();
        _erasures = erasures;
    }

    private void Advance()
    {
        var end = window.End;
        var slice = log.Read(end, BatchEvents, BatchBytes);
        // A small log in memory may have dropped events before they were seen here; the pumps then tell their subscribers of the gap.
        if (slice.From > end) window.Reset(slice.From);
        // Single events may be missing that nobody was sent: the pumps read this part from the log, which tells.
        if (log.TruncatedTo(TopicSelection.All) > end && slice.Next > end)
        {
            window.Reset(slice.Next);
            foreach (var pump in pumps) pump.PostTailMoved();
            return;
        }
        var frames = new EventFrame[slice.Events.Count];
        for (var i = 0; i < frames.Length; i++) frames[i] = new(slice.Events[i], ids);
        window.Append(frames, slice.Next);
        foreach (var pump in pumps) pump.PostTailMoved();
    }
}
