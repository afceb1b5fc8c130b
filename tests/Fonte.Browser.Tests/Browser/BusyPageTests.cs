using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Fonte.Browser.Tests.Samples;
using Fonte.Dashboard;
using Fonte.Samples.Activity;
using Fonte.Samples.Lab;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace Fonte.Browser.Tests.Browser;

/// <summary>A hundred events a second into an open page: ten seconds, and with <c>./test --long</c> a minute.</summary>
public sealed class BusyPageTests(SharedBrowser browser)
{
    private const int Rate = 100;
    private const int MostRows = 500;

    // On a machine that does something else beside it, tasks take as long as they are interrupted: only the long run is held to the bar.
    private static readonly bool IsLong = Environment.GetEnvironmentVariable("FONTE_LONG") is { Length: > 0 };
    private static readonly int Seconds = IsLong ? 60 : 10;

    [Theory]
    [InlineData("/activity/")]
    [InlineData("/lab/?stream=eventos&intervalo=3600")]
    [InlineData("/dashboard/")]
    public async Task Page_keeps_up_with_few_rows_short_tasks_and_a_flat_heap(string path)
    {
        await using var host = await SampleHost.StartAsync(
            // The loop that publishes what happens in the company is the test's own.
            services => services.AddLab().TryAddSingleton(TimeProvider.System),
            app =>
            {
                app.MapActivity();
                app.MapLab();
                app.MapFonteDashboard(access: DashboardAccess.Anyone);
            });
        await using var watched = await browser.OpenAsync();
        var page = watched.Page;
        await page.AddInitScriptAsync("window.long = []; new PerformanceObserver((list) => window.long.push(...list.getEntries().flatMap((frame) => frame.scripts.map((script) => script.duration)))).observe({ type: 'long-animation-frame' });");
        await page.GotoAsync(new Uri(host.Address, path).AbsoluteUri);
        await Expect(page.Locator("connection-state")).ToHaveAttributeAsync("data-state", "open");
        // The lab measures as soon as somebody listens.
        if (path.StartsWith("/lab", StringComparison.Ordinal)) await ReceivedAsync(page, 1);
        var already = path == "/dashboard/" ? 0 : int.Parse((await page.Locator("#received").TextContentAsync())!, CultureInfo.InvariantCulture);
        var devtools = await page.Context.NewCDPSessionAsync(page);
        await devtools.SendAsync("Performance.enable");

        // Until there are as many rows as there will be.
        var published = await PublishAsync(host, path, MostRows + Rate, seconds: 0);
        await ReceivedAsync(page, already + published);
        await page.EvaluateAsync("window.long = []");
        var before = await MeasureAsync(devtools);
        published += await PublishAsync(host, path, Rate * Seconds, Seconds);
        await ReceivedAsync(page, already + published);
        var after = await MeasureAsync(devtools);

        Assert.Equal(MostRows, await page.Locator("#rows > li").CountAsync());
        var script = (after.Script - before.Script) * 1000 / (Rate * Seconds);
        var grown = after.Heap - before.Heap;
        var longest = await page.EvaluateAsync<double>("Math.max(0, ...window.long)");
        var report = string.Create(CultureInfo.InvariantCulture, $"{path}: {script:0.00} ms of script an event, heap {before.Heap / 1e6:0.00} MB and {grown / 1e3:0} kB more, longest task of script {longest:0} ms");
        TestContext.Current.SendDiagnosticMessage(report);
        Assert.True(script < 2 && grown < 1_000_000 && (!IsLong || longest < 50), report);
        watched.AssertClean();
    }

    private static async Task<int> PublishAsync(SampleHost host, string path, int count, int seconds)
    {
        var begun = Stopwatch.GetTimestamp();
        for (var n = 0; n < count; n++)
        {
            var due = TimeSpan.FromSeconds((double)seconds * n / count);
            if (Stopwatch.GetElapsedTime(begun) is var now && now < due) await Task.Delay(due - now, TestContext.Current.CancellationToken);
            if (path.StartsWith("/lab", StringComparison.Ordinal)) await host.PublishAsync("lab/eventos/3600.0", $"{{\"contador\":{n},\"mensagem\":\"Olá, {n}\",\"horario\":\"12:00:00\"}}");
            else await host.PublishAsync(ActivityExtensions.Topic, $"{{\"order\":\"N-{n}\",\"amount\":1.5,\"time\":\"2026-01-01T12:00:00Z\"}}", CompanyDay.Placed);
        }
        return count;
    }

    private static Task ReceivedAsync(IPage page, int count) => Expect(page.Locator("#received, #live #summary")).ToHaveTextAsync(new Regex($"^(Shown: [\\d,]+\\. Received: )?{count.ToString("N0", CultureInfo.InvariantCulture)}\\.?$"));

    private static async Task<(double Heap, double Script)> MeasureAsync(ICDPSession devtools)
    {
        await devtools.SendAsync("HeapProfiler.collectGarbage");
        var metrics = (await devtools.SendAsync("Performance.getMetrics"))!.Value.GetProperty("metrics").EnumerateArray()
            .ToDictionary(metric => metric.GetProperty("name").GetString()!, metric => metric.GetProperty("value").GetDouble());
        return (metrics["JSHeapUsedSize"], metrics["ScriptDuration"]);
    }
}
