using System.Diagnostics;

namespace Fonte;

/// <summary>What one read has taken so far, and when it is enough.</summary>
internal sealed class ReadRun(long from, int maxEvents, long maxBytes)
{
    // A longer read transaction would keep the write-ahead log from being checkpointed behind it.
    private static readonly TimeSpan LongestTransaction = TimeSpan.FromMilliseconds(50);
    private readonly long _started = Stopwatch.GetTimestamp();
    private long _bytes;
    private bool _full;

    internal List<LoggedEvent> Events { get; } = [];

    internal long Next { get; set; } = from;

    internal bool IsOver => _full || Stopwatch.GetElapsedTime(_started) >= LongestTransaction;

    /// <summary>Takes the event the row holds, if it is wanted; false when nothing more is to be read.</summary>
    internal bool TryTake(SqliteStatement row, TopicSelection topics, string file)
    {
        var offset = row.Integer(0);
        LoggedEvent logged;
        try
        {
            logged = EventRow.Read(row, file);
        }
        catch (LogDamagedException) when (Events.Count > 0)
        {
            // What lies before a damaged event is sound and is given; the damage is told to who reads from it on.
            Next = offset;
            _full = true;
            return false;
        }
        Next = offset + 1;
        if (topics.Matches(logged.Topics))
        {
            Events.Add(logged);
            _bytes += logged.Size;
        }
        _full = Events.Count >= maxEvents || _bytes >= maxBytes || Stopwatch.GetElapsedTime(_started) >= LongestTransaction;
        return !_full;
    }
}
