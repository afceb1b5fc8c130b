using System.Globalization;
using System.Text;

namespace Fonte.Bench;

/// <summary>Writes the comparison as a table in Markdown, and what SSE costs beside each of the others.</summary>
public static class TransportReportWriter
{
    private const string EventStreams = "SSE";

    /// <summary>Writes the table.</summary>
    public static async Task WriteAsync(TransportComparisonReport report, TextWriter output)
    {
        ArgumentNullException.ThrowIfNull(report);
        ArgumentNullException.ThrowIfNull(output);
        var text = new StringBuilder();
        Line(text, $"{report.Clients:N0} clients, {report.Rate:N0} events/s, polling every {report.PollInterval.TotalSeconds:0.#} s; per client and second:\n");
        text.Append("| way | requests | bytes up | bytes down | p50 | p99 | server, ms/s | lost | twice |\n|---|---|---|---|---|---|---|---|---|\n");
        foreach (var each in report.Transports)
        {
            var clientSeconds = report.Clients * each.Duration.TotalSeconds;
            Line(text, $"| {each.Name} | {each.Requests / clientSeconds:0.00} | {each.BytesUp / clientSeconds:N0} | {each.BytesDown / clientSeconds:N0} | {Milliseconds(each.Latency.Median)} | {Milliseconds(each.Latency.Percentile99)} | {Processor(each)} | {each.Lost:N0} | {each.Twice:N0} |");
        }

        var streams = report.Transports.Single(each => each.Name == EventStreams);
        text.Append('\n');
        foreach (var other in report.Transports.Where(each => each != streams))
            Line(text, $"SSE beside {other.Name}: {Ratio(streams.Bytes / streams.Duration.TotalSeconds, other.Bytes / other.Duration.TotalSeconds)} of the bytes, {Ratio(PerSecond(streams), PerSecond(other))} of the server's processor time");
        await output.WriteAsync(text);
        await output.FlushAsync();
    }

    private static double PerSecond(TransportReport report) => report.Processor is { } time ? time.TotalMilliseconds / report.Duration.TotalSeconds : double.NaN;

    private static string Processor(TransportReport report) => report.Processor is null ? "–" : PerSecond(report).ToString("0", CultureInfo.InvariantCulture);

    private static string Ratio(double part, double whole) => double.IsFinite(part / whole) ? (part / whole).ToString("0.00", CultureInfo.InvariantCulture) : "–";

    private static string Milliseconds(TimeSpan time) => time.TotalMilliseconds.ToString("0.0 ms", CultureInfo.InvariantCulture);

    private static void Line(StringBuilder text, FormattableString line) => text.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');
}
