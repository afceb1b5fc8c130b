using System.Diagnostics;
using Fonte.Bench;

namespace Fonte.LogBench;

/// <summary>What one publisher waits for one acknowledgement, beyond what the disk takes.</summary>
internal sealed class SingleRow : IRow
{
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(3);

    public string Name => "single";

    public string What => "one publisher, one event at a time, against a bare append and fdatasync of 200 bytes in turn";

    public async Task MeasureAsync(RowRun run, CancellationToken cancellationToken)
    {
        using var folder = new WorkFolder(run.Options, Name);
        using var floor = new WorkFolder(run.Options, Name);
        await using var server = await HubServer.StartAsync(run.Options, folder.Path, cancellationToken);
        var request = new FormRequest(server.EndPoint, [.. Enumerable.Range(0, BenchEvents.Topics).Select(BenchEvents.TopicBytes)], seed: 1);
        using var connection = new PublishConnection(server.EndPoint, blocking: true);
        Publish(WarmUp);
        var rounds = new List<(double Bare, double Ours)>();
        for (var round = 0; round < run.Options.Repeat; round++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var bare = BareAppend.Measure(floor.Path, run.Options.Duration(3)).Milliseconds(0.5);
            rounds.Add((bare, Publish(run.Options.Duration(3)).Milliseconds(0.5)));
        }

        run.Add("append and fdatasync p50", Statistics.Median(rounds.Select(round => round.Bare)), "ms");
        run.Add("acknowledgement p50", Statistics.Median(rounds.Select(round => round.Ours)), "ms");
        run.Add("acknowledgement beyond one fdatasync", Statistics.Median(rounds.Select(round => round.Ours - round.Bare)), "ms", Target.AtMost(1, 0.3));

        LatencyHistogram Publish(TimeSpan time)
        {
            var latencies = new LatencyHistogram();
            var begun = Stopwatch.GetTimestamp();
            while (Stopwatch.GetElapsedTime(begun) < time)
            {
                var start = Stopwatch.GetTimestamp();
                connection.Send(request.Next());
                int status;
                while ((status = connection.Receive()) == 0) { }
                if (status != 200)
                    throw new LogBenchException($"The server answers {status} to a publish.");
                latencies.Record(Stopwatch.GetTimestamp() - start);
            }

            return latencies;
        }
    }
}
