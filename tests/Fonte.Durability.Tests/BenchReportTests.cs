using System.Text.Json;
using Fonte.Bench;

namespace Fonte.Durability.Tests;

public class BenchReportTests
{
    private static readonly LatencySummary Latency = new(
        TimeSpan.FromMilliseconds(1.5), TimeSpan.FromMilliseconds(9.25), TimeSpan.FromMilliseconds(20));

    private static readonly BenchReport Report = new()
    {
        Url = "http://127.0.0.1:1",
        Subscribers = 1_000,
        Connected = 1_000,
        Failed = 0,
        ClosedEarly = 0,
        ConnectTime = TimeSpan.FromSeconds(1),
        Duration = TimeSpan.FromSeconds(2),
        Deliveries = 5_000,
        Published = new PublishSummary(5, 0, 0, 2.5, Latency),
        Latency = Latency,
        EventsPerSubscriber = new CountSummary(5, 5, 5),
        Lost = 0,
        Twice = 0,
        OutOfOrder = 0,
        Gaps = 0,
    };

    [Fact]
    public async Task The_table_has_a_line_for_each_figure()
    {
        using var text = new StringWriter();
        await BenchReportWriter.WriteTableAsync(Report, text);
        Assert.Contains("deliveries       5,000 in 2.0 s, 2,500/s\n", text.ToString(), StringComparison.Ordinal);
        Assert.Contains("latency          p50 1.5 ms, p99 9.25 ms, max 20.0 ms\n", text.ToString(), StringComparison.Ordinal);
        Assert.Contains("per subscriber   minimum 5, median 5, maximum 5\n", text.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_JSON_is_one_object_with_milliseconds()
    {
        using var text = new StringWriter();
        await BenchReportWriter.WriteJsonAsync(Report, text);
        using var json = JsonDocument.Parse(text.ToString());
        Assert.Equal(2_500, json.RootElement.GetProperty("deliveriesPerSecond").GetDouble());
        Assert.Equal(9.25, json.RootElement.GetProperty("latencyMilliseconds").GetProperty("p99").GetDouble());
        Assert.True(json.RootElement.GetProperty("clean").GetBoolean());
    }

    [Fact]
    public async Task A_run_that_only_listened_tells_no_loss_and_no_latency()
    {
        using var text = new StringWriter();
        await BenchReportWriter.WriteJsonAsync(Report with { Published = null, Latency = null }, text);
        using var json = JsonDocument.Parse(text.ToString());
        Assert.False(json.RootElement.TryGetProperty("lost", out _));
        Assert.False(json.RootElement.TryGetProperty("latencyMilliseconds", out _));
    }

    [Fact]
    public void Whatever_is_wrong_shows_in_the_verdict()
    {
        Assert.True(Report.IsClean);
        Assert.False((Report with { Lost = 1 }).DeliveredExactly);
        Assert.False((Report with { Twice = 1 }).DeliveredExactly);
        Assert.False((Report with { OutOfOrder = 1 }).DeliveredExactly);
        Assert.False((Report with { Gaps = 1 }).DeliveredExactly);
        Assert.False((Report with { Failed = 1 }).IsClean);
        Assert.False((Report with { ClosedEarly = 1 }).IsClean);
    }

    [Theory]
    [InlineData("nonsense", "is not a URL")]
    [InlineData("ftp://127.0.0.1", "is not a URL")]
    [InlineData("http://192.0.2.1:80", "this machine only")]
    [InlineData("http://127.0.0.1:9/data", "--rate 0")]
    [InlineData("http://127.0.0.1:9", "start it first")]
    public async Task A_URL_that_cannot_be_used_is_told_in_a_sentence(string url, string words)
    {
        var exception = await Assert.ThrowsAsync<BenchException>(() => BenchRunner.RunAsync(
            new BenchOptions { Url = url, Subscribers = 1 }, TextWriter.Null, TestContext.Current.CancellationToken));
        Assert.Contains(words, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_number_out_of_range_names_the_option()
    {
        var exception = await Assert.ThrowsAsync<BenchException>(() => BenchRunner.RunAsync(
            new BenchOptions { Url = "http://127.0.0.1:9", Size = 3 }, TextWriter.Null, TestContext.Current.CancellationToken));
        Assert.Contains("--size", exception.Message, StringComparison.Ordinal);
    }
}
