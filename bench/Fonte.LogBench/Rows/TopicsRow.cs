using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Fonte.LogBench;

/// <summary>What a million topics cost, in time and memory; each run is a process of its own.</summary>
internal sealed class TopicsRow : IRow
{
    private const int Many = 1_000_000;
    private const int EventsPerRequest = 100;

    public string Name => "topics";

    public string What => "from code, each event to a random one of 1,000,000 topics of 40 bytes, against 1,000, in turn";

    public async Task MeasureAsync(RowRun run, CancellationToken cancellationToken)
    {
        var rounds = new List<(ChildResult Few, ChildResult Many)>();
        for (var round = 0; round < run.Options.Repeat; round++)
            rounds.Add((await StartChildAsync(run.Options, BenchEvents.Topics, cancellationToken), await StartChildAsync(run.Options, Many, cancellationToken)));

        run.Add($"{BenchEvents.Topics:N0} topics", Statistics.Median(rounds.Select(round => round.Few.EventsPerSecond)), "events/s");
        run.Add($"{Many:N0} topics", Statistics.Median(rounds.Select(round => round.Many.EventsPerSecond)), "events/s");
        run.Add("ratio", Statistics.Median(rounds.Select(round => round.Many.EventsPerSecond / round.Few.EventsPerSecond)), "x", Target.AtLeast(0.8, 0.95));
        run.Add($"{BenchEvents.Topics:N0} topics: peak memory (VmHWM)", rounds.Max(round => round.Few.PeakMegabytes), "MB");
        run.Add($"{Many:N0} topics: peak memory (VmHWM)", rounds.Max(round => round.Many.PeakMegabytes), "MB", Target.AtMost(200));
        run.Add($"{Many:N0} topics: memory at the end (PSS)", rounds.Max(round => round.Many.ProportionalMegabytes), "MB");
    }

    /// <summary>What the child does: publishes, and tells the figures in a line of JSON.</summary>
    public static async Task RunChildAsync(LogBenchOptions options, long topics, CancellationToken cancellationToken)
    {
        using var folder = new WorkFolder(options, "topics");
        // Made anew for each event, as a real publisher's would be; a million kept strings would be the memory measured.
        var load = new CodeLoad(folder.Path, random => TopicName(random.NextInt64(topics)), options.Publishers ?? 16, EventsPerRequest);
        var result = await load.RunAsync(options.Events ?? 3_000_000, cancellationToken);
        Console.WriteLine(JsonSerializer.Serialize(new ChildResult(
            result.EventsPerSecond, ProcessFigures.PeakMegabytes(Environment.ProcessId), ProcessFigures.ProportionalMegabytes(Environment.ProcessId))));
    }

    private static string TopicName(long topic) => string.Create(CultureInfo.InvariantCulture, $"plant/{topic:D10}/machine/temperature/now");

    private static async Task<ChildResult> StartChildAsync(LogBenchOptions options, long topics, CancellationToken cancellationToken)
    {
        var isHosted = Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet";
        List<string> arguments = [.. isHosted ? [typeof(TopicsRow).Assembly.Location] : Array.Empty<string>(), "--child-topics", Text(topics), "--data", options.Data];
        if (options.Events is { } events) arguments.AddRange(["--events", Text(events)]);
        if (options.Publishers is { } publishers) arguments.AddRange(["--publishers", Text(publishers)]);
        using var child = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, arguments) { RedirectStandardOutput = true })!;
        try
        {
            var output = await child.StandardOutput.ReadToEndAsync(cancellationToken);
            await child.WaitForExitAsync(cancellationToken);
            return child.ExitCode == 0
                ? JsonSerializer.Deserialize<ChildResult>(output)!
                : throw new LogBenchException($"The process that publishes ended with {child.ExitCode}.");
        }
        finally
        {
            if (!child.HasExited) child.Kill();
        }
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private sealed record ChildResult(double EventsPerSecond, double PeakMegabytes, double ProportionalMegabytes);
}
