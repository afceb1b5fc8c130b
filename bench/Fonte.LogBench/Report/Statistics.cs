using System.Diagnostics;
using Fonte.Bench;

namespace Fonte.LogBench;

/// <summary>Medians and quantiles in the units that are printed.</summary>
internal static class Statistics
{
    public static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        var middle = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    public static double Milliseconds(this LatencyHistogram latencies, double quantile) => ToMilliseconds(latencies.AtQuantile(quantile));

    public static double ToMilliseconds(long ticks) => ticks * 1000.0 / Stopwatch.Frequency;
}
