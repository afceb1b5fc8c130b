using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fonte.LogBench;

/// <summary>A log of many events, made once by the library itself and kept in the data folder.</summary>
/// <remarks>
/// Of 1,000 topics the first is that of every tenth offset, the others are random. The offsets that end in 999 have IDs of their
/// own, <c>own-</c> and the offset.
/// </remarks>
internal sealed record BigLog(string Folder, long Events)
{
    private const int EventsPerRequest = 1_000;
    private const int RequestsUnderWay = 8;

    /// <summary>The topic of every tenth event.</summary>
    public static string TenthTopic => BenchEvents.TopicName(0);

    public static string OwnId(long offset) => "own-" + offset.ToString(CultureInfo.InvariantCulture);

    /// <summary>The offset of the last event with an ID of its own that is at most <paramref name="offset"/>.</summary>
    public static long LastOwnId(long offset) => ((offset + 1) / 1_000 * 1_000) - 1;

    /// <summary>Makes the log unless it is there.</summary>
    public static async Task<BigLog> OpenAsync(RowRun run, long events, CancellationToken cancellationToken)
    {
        var folder = Path.Combine(run.Options.Data, string.Create(CultureInfo.InvariantCulture, $"big-{events}"));
        var finished = folder + ".finished";
        if (!File.Exists(finished))
        {
            if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
            var begun = Stopwatch.GetTimestamp();
            await MakeAsync(folder, events, cancellationToken);
            run.Note($"made a log of {events:N0} events, {events / Stopwatch.GetElapsedTime(begun).TotalSeconds:N0} events/s; it is kept in {folder}");
            await File.WriteAllTextAsync(finished, "", cancellationToken);
        }

        return new BigLog(folder, events);
    }

    public SqliteEventLog OpenLog() => Open(Folder);

    private static async Task MakeAsync(string folder, long events, CancellationToken cancellationToken)
    {
        await using var log = Open(folder);
        var topics = BenchEvents.TopicNames(BenchEvents.Topics);
        var random = new Random(1);
        var underWay = new Queue<Task<AppendResult>>();
        for (long first = 1; first <= events; first += EventsPerRequest)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (underWay.Count == RequestsUnderWay) await RequireAsync(underWay.Dequeue());
            var request = Enumerable.Range(0, (int)Math.Min(EventsPerRequest, events - first + 1)).Select(index => Event(first + index, topics, random));
            underWay.Enqueue(log.AppendAsync(new PublishRequest { Events = [.. request] }, cancellationToken).AsTask());
        }

        while (underWay.TryDequeue(out var append)) await RequireAsync(append);
    }

    private static EventDraft Event(long offset, string[] topics, Random random) => new()
    {
        Topics = [topics[offset % 10 == 0 ? 0 : random.Next(1, topics.Length)]],
        Data = BenchEvents.Data,
        Id = offset % 1_000 == 999 ? OwnId(offset) : null,
    };

    private static async Task RequireAsync(Task<AppendResult> append)
    {
        if ((await append).Outcome is not AppendOutcome.Appended and var outcome)
            throw new LogBenchException($"An append to the big log ended {outcome}.");
    }

    private static SqliteEventLog Open(string folder) => SqliteEventLog.Open(
        new SqliteLogOptions { Directory = folder, Retention = new RetentionOptions { MaxAge = TimeSpan.Zero, MaxBytes = 0 } },
        NullLogger<SqliteEventLog>.Instance);
}
