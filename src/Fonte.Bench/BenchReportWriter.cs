using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Fonte.Bench;

/// <summary>Writes a report for people or for programs.</summary>
public static class BenchReportWriter
{
    /// <summary>Writes the report as a table, one line per figure.</summary>
    public static async Task WriteTableAsync(BenchReport report, TextWriter output)
    {
        ArgumentNullException.ThrowIfNull(report);
        ArgumentNullException.ThrowIfNull(output);
        var table = new StringBuilder();
        Row(table, "subscribers", $"{report.Connected:N0} of {report.Subscribers:N0} connected in {report.ConnectTime.TotalSeconds:0.0} s");
        if (report.Failed > 0)
            Row(table, "failed", $"{report.Failed:N0} ({report.FirstFailure})");
        if (report.ClosedEarly > 0)
            Row(table, "closed early", $"{report.ClosedEarly:N0}");
        if (report.Published is { } published)
        {
            Row(table, "published", $"{published.Acknowledged:N0} events, {published.PerSecond:N0}/s");
            Row(table, "acknowledgement", Text(published.Acknowledgement));
            if (published.Refused + published.Unknown > 0)
                Row(table, "not acknowledged", $"{published.Refused:N0} refused, {published.Unknown:N0} of unknown outcome");
        }

        Row(table, "deliveries", $"{report.Deliveries:N0} in {report.Duration.TotalSeconds:0.0} s, {report.DeliveriesPerSecond:N0}/s");
        if (report.Latency is { } latency)
            Row(table, "latency", Text(latency));
        if (report.Server is { } server)
        {
            Row(table, "server", $"{report.ServerMicrosecondsPerDelivery ?? 0:0.00} µs of processor time a delivery ({server.Processor.TotalSeconds:0.00} s; the load tool {server.LoadProcessor.TotalSeconds:0.00} s)");
            Row(table, "server's memory", $"{server.MemoryAtStart / 1e6:0.0} MB at the start, {server.MemoryIdle / 1e6:0.0} MB with all connected ({server.BytesPerSubscriber / 1e3:0.00} kB each), {server.MemoryAfter / 1e6:0.0} MB after");
        }

        var counts = report.EventsPerSubscriber;
        Row(table, "per subscriber", $"minimum {counts.Minimum:N0}, median {counts.Median:N0}, maximum {counts.Maximum:N0}");
        Row(table, "lost", report.Published is null ? (FormattableString)$"not known when only listening" : $"{report.Lost:N0}");
        Row(table, "twice", $"{report.Twice:N0}");
        Row(table, "out of order", $"{report.OutOfOrder:N0}");
        if (report.Gaps > 0)
            Row(table, "gaps told", $"{report.Gaps:N0}");
        await output.WriteAsync(table);
        await output.FlushAsync();
    }

    /// <summary>Writes the report as one JSON object and a line end; durations are in milliseconds.</summary>
    public static async Task WriteJsonAsync(BenchReport report, TextWriter output)
    {
        ArgumentNullException.ThrowIfNull(report);
        ArgumentNullException.ThrowIfNull(output);
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
            Write(json, report);
        await output.WriteAsync(Encoding.UTF8.GetString(buffer.WrittenSpan));
        await output.WriteAsync('\n');
        await output.FlushAsync();
    }

    private static void Write(Utf8JsonWriter json, BenchReport report)
    {
        json.WriteStartObject();
        json.WriteString("url", report.Url);
        json.WriteNumber("subscribers", report.Subscribers);
        json.WriteNumber("connected", report.Connected);
        json.WriteNumber("failed", report.Failed);
        json.WriteNumber("closedEarly", report.ClosedEarly);
        if (report.FirstFailure is { } failure)
            json.WriteString("firstFailure", failure);
        json.WriteNumber("connectMilliseconds", Milliseconds(report.ConnectTime));
        json.WriteNumber("durationMilliseconds", Milliseconds(report.Duration));
        if (report.Published is { } published)
        {
            json.WriteStartObject("published");
            json.WriteNumber("acknowledged", published.Acknowledged);
            json.WriteNumber("refused", published.Refused);
            json.WriteNumber("unknown", published.Unknown);
            json.WriteNumber("perSecond", Math.Round(published.PerSecond, 1));
            Write(json, "acknowledgementMilliseconds", published.Acknowledgement);
            json.WriteEndObject();
        }

        json.WriteNumber("deliveries", report.Deliveries);
        json.WriteNumber("deliveriesPerSecond", Math.Round(report.DeliveriesPerSecond, 1));
        if (report.Latency is { } latency)
            Write(json, "latencyMilliseconds", latency);
        if (report.Server is { } server)
        {
            json.WriteStartObject("server");
            json.WriteNumber("processorMilliseconds", Milliseconds(server.Processor));
            if (report.ServerMicrosecondsPerDelivery is { } each) json.WriteNumber("microsecondsPerDelivery", Math.Round(each, 3));
            json.WriteNumber("loadProcessorMilliseconds", Milliseconds(server.LoadProcessor));
            json.WriteNumber("memoryAtStart", server.MemoryAtStart);
            json.WriteNumber("memoryIdle", server.MemoryIdle);
            json.WriteNumber("memoryAfter", server.MemoryAfter);
            json.WriteNumber("bytesPerSubscriber", Math.Round(server.BytesPerSubscriber));
            json.WriteEndObject();
        }

        json.WriteStartObject("eventsPerSubscriber");
        json.WriteNumber("minimum", report.EventsPerSubscriber.Minimum);
        json.WriteNumber("median", report.EventsPerSubscriber.Median);
        json.WriteNumber("maximum", report.EventsPerSubscriber.Maximum);
        json.WriteEndObject();
        if (report.Published is not null)
            json.WriteNumber("lost", report.Lost);
        json.WriteNumber("twice", report.Twice);
        json.WriteNumber("outOfOrder", report.OutOfOrder);
        json.WriteNumber("gaps", report.Gaps);
        json.WriteBoolean("deliveredExactly", report.DeliveredExactly);
        json.WriteBoolean("clean", report.IsClean);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, string name, LatencySummary latency)
    {
        json.WriteStartObject(name);
        json.WriteNumber("p50", Milliseconds(latency.Median));
        json.WriteNumber("p99", Milliseconds(latency.Percentile99));
        json.WriteNumber("max", Milliseconds(latency.Maximum));
        json.WriteEndObject();
    }

    private static double Milliseconds(TimeSpan duration) => Math.Round(duration.TotalMilliseconds, 3);

    private static string Text(LatencySummary latency) => string.Create(CultureInfo.InvariantCulture,
        $"p50 {Milliseconds(latency.Median):0.0##} ms, p99 {Milliseconds(latency.Percentile99):0.0##} ms, max {Milliseconds(latency.Maximum):0.0##} ms");

    private static void Row(StringBuilder table, string name, FormattableString value) =>
        Row(table, name, value.ToString(CultureInfo.InvariantCulture));

    private static void Row(StringBuilder table, string name, string value) =>
        table.Append(name.PadRight(17)).Append(value).Append('\n');
}
