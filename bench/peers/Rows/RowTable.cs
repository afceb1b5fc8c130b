using System.Globalization;
using System.Text;

namespace Fonte.PeerBench;

/// <summary>Measures rows in rounds, and writes the medians with their bars as markdown.</summary>
internal static class RowTable
{
    public static async Task<int> MeasureAsync(PeerBenchOptions options, IReadOnlyList<Row> rows, CancellationToken cancellationToken)
    {
        var text = new StringBuilder();
        var complete = true;
        foreach (var row in rows)
        {
            var rounds = new List<Dictionary<string, double>>();
            text.Append(CultureInfo.InvariantCulture, $"\n### {row.Name}: {row.What}\n\n");
            try
            {
                for (var round = 1; round <= options.Repeat; round++)
                {
                    rounds.Add(await row.MeasureAsync(new(options), cancellationToken));
                    Console.Error.WriteLine($"{row.Name} {round} {string.Join(", ", rounds[^1].Select(figure => $"{figure.Key} {ResultTable.Number(figure.Value)}"))}");
                }
            }
            catch (Exception exception) when (exception is PeerBenchException or Fonte.Bench.BenchException || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
            {
                complete = false;
                text.Append(CultureInfo.InvariantCulture, $"Not measured: {exception.Message}\n");
                continue;
            }

            text.Append(CultureInfo.InvariantCulture, $"Placed: {options.Placement.Name}. Medians of {rounds.Count}, in brackets the least and the most.\n\n| figure | measured | bar | goal |\n|---|---|---|---|\n");
            foreach (var name in rounds[0].Keys) Append(text, name, [.. rounds.Select(round => round[name]).Order()], row.Bars.TryGetValue(name, out var bars) ? bars : null);
        }

        Console.WriteLine(text);
        if (options.Results is { } file) await File.AppendAllTextAsync(file, text.ToString(), cancellationToken);
        return complete ? 0 : 1;
    }

    private static void Append(StringBuilder text, string name, List<double> sorted, (double Bar, double Goal)? bars)
    {
        var median = sorted[sorted.Count / 2];
        var (bar, goal) = bars is { } known ? (Verdict(median, known.Bar), Verdict(median, known.Goal)) : ("–", "–");
        text.Append(CultureInfo.InvariantCulture, $"| {name} | {ResultTable.Number(median)} ({ResultTable.Number(sorted[0])}–{ResultTable.Number(sorted[^1])}) | {bar} | {goal} |\n");
    }

    private static string Verdict(double value, double limit) => $"≤ {ResultTable.Number(limit)} {(value <= limit ? "met" : "missed")}";
}
