using System.Diagnostics;
using Fonte.Bench;

namespace Fonte.LogBench;

/// <summary>Replay of one topic among many to one subscriber.</summary>
internal sealed class ReplayRow : IRow
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(120);

    public string Name => "replay";

    public string What => "replay of the topic of every tenth event of the big log, to one subscriber over HTTP";

    public async Task MeasureAsync(RowRun run, CancellationToken cancellationToken)
    {
        var log = await BigLog.OpenAsync(run, run.Options.Events ?? 10_000_000, cancellationToken);
        await using var server = await HubServer.StartAsync(run.Options, log.Folder, cancellationToken);
        var rounds = new List<double>();
        var processor = new ProcessorMeter(server);
        processor.Start();
        for (var round = 0; round < run.Options.Repeat; round++)
        {
            var begun = Stopwatch.GetTimestamp();
            await Task.Run(() => Replay(server, log.Events / 10, cancellationToken), cancellationToken);
            rounds.Add(log.Events / 10 / Stopwatch.GetElapsedTime(begun).TotalSeconds);
        }

        processor.Add(run, "an event", log.Events / 10 * rounds.Count);
        run.Add("events replayed, first round", rounds[0], "/s");
        run.Add("events replayed, median", Statistics.Median(rounds), "/s", Target.AtLeast(200_000, 500_000));
        await server.StopAsync();
    }

    private static void Replay(HubServer server, long events, CancellationToken cancellationToken)
    {
        var every = new EveryTenth();
        using var stream = new EventStream(server.EndPoint, $"match={BigLog.TenthTopic}&last_event_id=earliest", every);
        var buffer = new byte[256 * 1024];
        var begun = Stopwatch.GetTimestamp();
        while (every.Events < events)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (Stopwatch.GetElapsedTime(begun) > Longest)
                throw new LogBenchException($"The replay brought {every.Events:N0} of {events:N0} events within {Longest.TotalSeconds:0} s.");
            stream.Read(buffer);
        }
    }

    /// <summary>Counts the events, and holds each to be the one ten offsets after the last.</summary>
    private sealed class EveryTenth : IEventBlockSink
    {
        public long Events { get; private set; }

        public void OnBlock(in EventBlock block)
        {
            if (block.IsGap)
                throw new LogBenchException("The replay of a whole log told a gap.");
            if (!block.HasData) return;
            Events++;
            if (block.Offset != Events * 10)
                throw new LogBenchException($"Event {Events:N0} of the replay has offset {block.Offset:N0}.");
        }
    }
}
