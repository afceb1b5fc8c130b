using Xunit;

namespace Fonte.Server.Tests;

public sealed class MetricsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Metrics_tell_of_connections_events_lag_and_the_log()
    {
        await using var server = await RunningServer.StartAsync(_folder.Path);
        using var stream = new StreamReader(await server.Http.GetStreamAsync(new Uri(server.Hub, "?match=a"), Stop));
        Assert.StartsWith("retry: ", await stream.ReadLineAsync(Stop), StringComparison.Ordinal);
        await server.PublishAsync("a", "hi");
        while (await stream.ReadLineAsync(Stop) != "data: hi") { }
        // What was written to the socket is counted a moment later.
        string metrics;
        do metrics = await server.Http.GetStringAsync(new Uri(server.Address, "/metrics"), Stop);
        while (!Has(metrics, "fonte_event_delivered_total", "1"));
        Assert.True(Has(metrics, "fonte_connection_active", "1"));
        Assert.True(Has(metrics, "fonte_event_published_total", "1"));
        Assert.True(Has(metrics, "fonte_delivery_lag_seconds_count", "1"));
        Assert.True(Has(metrics, "fonte_log_append_duration_seconds_count", "1"));
        Assert.Contains("fonte_log_size_bytes", metrics, StringComparison.Ordinal);
    }

    private static bool Has(string metrics, string name, string value) =>
        metrics.Split('\n').Any(line => line.StartsWith(name, StringComparison.Ordinal) && line.EndsWith(" " + value, StringComparison.Ordinal));
}
