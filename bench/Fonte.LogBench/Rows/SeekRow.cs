using System.Diagnostics;
using System.Globalization;
using Fonte.Bench;

namespace Fonte.LogBench;

/// <summary>How long a subscriber that was away briefly waits for the first event it missed, whatever the log's size.</summary>
internal sealed class SeekRow : IRow
{
    private const long SmallLog = 10_000;
    private const int NearTheEnd = 1_000;
    private const int WarmUp = 50;
    private const int Tries = 200;
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);

    public string Name => "seek";

    public string What => "time to the first replayed event from near the end of the big log, against a log of 10,000, in turn";

    public async Task MeasureAsync(RowRun run, CancellationToken cancellationToken)
    {
        var big = await BigLog.OpenAsync(run, run.Options.Events ?? 10_000_000, cancellationToken);
        var small = await BigLog.OpenAsync(run, SmallLog, cancellationToken);
        (BigLog Log, Dictionary<string, Cursor[]> Cursors)[] logs = [(big, await CursorsAsync(big)), (small, await CursorsAsync(small))];
        await using var bigServer = await HubServer.StartAsync(run.Options, big.Folder, cancellationToken);
        await using var smallServer = await HubServer.StartAsync(run.Options, small.Folder, cancellationToken);
        foreach (var kind in logs[0].Cursors.Keys)
        {
            var times = (Big: new List<double>(), Small: new List<double>());
            for (var index = 0; index < WarmUp + Tries; index++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var bigTime = Seek(bigServer, logs[0].Cursors[kind], index);
                var smallTime = Seek(smallServer, logs[1].Cursors[kind], index);
                if (index < WarmUp) continue;
                times.Big.Add(bigTime);
                times.Small.Add(smallTime);
            }

            var (bigMedian, smallMedian) = (Statistics.Median(times.Big), Statistics.Median(times.Small));
            run.Add($"{kind}: {big.Events:N0} events", bigMedian, "ms");
            run.Add($"{kind}: {small.Events:N0} events", smallMedian, "ms");
            run.Add($"{kind}: ratio", bigMedian / smallMedian, "x", Target.AtMost(1.5, 1.1));
        }

        await bigServer.StopAsync();
        await smallServer.StopAsync();
    }

    private static double Seek(HubServer server, Cursor[] cursors, int index)
    {
        var cursor = cursors[index % cursors.Length];
        var first = new FirstEvent();
        var buffer = new byte[16 * 1024];
        var begun = Stopwatch.GetTimestamp();
        using var stream = new EventStream(server.EndPoint, cursor.Query, first);
        while (!first.Came)
        {
            stream.Read(buffer);
            // A server that ignores the cursor sends heartbeats, so the stream is not silent.
            if (!first.Came && Stopwatch.GetElapsedTime(begun) > Longest)
                throw new LogBenchException($"No event came within {Longest.TotalSeconds:0} s after '{cursor.Query}'.");
        }

        var time = Stopwatch.GetElapsedTime(begun);
        if (first.Offset != cursor.Expected)
            throw new LogBenchException($"The first event after '{cursor.Query}' has offset {first.Offset:N0}, not {cursor.Expected:N0}.");
        return time.TotalMilliseconds;
    }

    /// <summary>Random places near the end, each with what must come first from there.</summary>
    private static async Task<Dictionary<string, Cursor[]>> CursorsAsync(BigLog big)
    {
        await using var log = big.OpenLog();
        var random = new Random(1);
        // The event after an ID of its own is one whose ID is its position, so that the check can tell it.
        long[] places = [.. Enumerable.Range(0, Tries).Select(_ => big.Events - random.Next(20, NearTheEnd)).Select(place => place % 1_000 == 998 ? place - 1 : place)];
        return new()
        {
            ["position"] = [.. places.Select(place => new Cursor($"match=*&last_event_id={log.Identity.At(place)}", place + 1))],
            ["position, one topic"] = [.. places.Select(place => new Cursor($"match={BigLog.TenthTopic}&last_event_id={log.Identity.At(place)}", (place / 10 * 10) + 10))],
            ["custom ID"] = [.. Enumerable.Range(0, 5).Select(index => BigLog.LastOwnId(big.Events) - (index * 1_000L)).Select(place => new Cursor($"match=*&last_event_id={BigLog.OwnId(place)}", place + 1))],
            ["since"] = [.. places.Select(place => Since(log, place))],
        };
    }

    private static Cursor Since(SqliteEventLog log, long place)
    {
        var time = log.Read(place, 1, long.MaxValue).Events[0].TimeMicroseconds;
        // All events of one commit have its time.
        var first = place;
        while (first > 1 && log.Read(first - 1, 1, long.MaxValue).Events[0].TimeMicroseconds == time) first--;
        var text = DateTimeOffset.UnixEpoch.AddMicroseconds(time).ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);
        return new Cursor($"match=*&since={text}", first);
    }

    private sealed record Cursor(string Query, long Expected);

    private sealed class FirstEvent : IEventBlockSink
    {
        public bool Came { get; private set; }

        public long Offset { get; private set; }

        public void OnBlock(in EventBlock block)
        {
            if (Came || !block.HasData) return;
            if (block.IsGap)
                throw new LogBenchException("A resume near the end told a gap.");
            (Came, Offset) = (true, block.Offset);
        }
    }
}
