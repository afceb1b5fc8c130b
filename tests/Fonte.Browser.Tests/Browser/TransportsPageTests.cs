using System.Globalization;
using System.Net;
using Fonte.Browser.Tests.Demo;
using Fonte.Browser.Tests.Samples;
using Fonte.Samples.Pages;
using Fonte.Samples.Transports;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace Fonte.Browser.Tests.Browser;

/// <summary>The page of the transports, with events of the test's own.</summary>
public sealed class TransportsPageTests(SharedBrowser browser) : IDisposable
{
    private static readonly string[] Ways = ["polling", "longpolling", "sse", "websocket"];
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("fonte-transports");
    private int _number;

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task All_four_get_every_event_once_also_over_a_restart_of_the_server()
    {
        var urls = FreePort.Address();
        await using var watched = await browser.OpenAsync();
        var page = watched.Page;
        await using (var host = await StartAsync(urls))
        {
            await OpenAsync(page, host);
            await PublishAsync(host, 20);
            await ExpectAsync(page, "events", "20");
        }
        foreach (var way in Ways) await Expect(Card(page, way).Locator("connection-state")).ToHaveAttributeAsync("data-state", "retrying");
        await Expect(page.Locator("#problem")).ToHaveTextAsync("The server does not answer; the page goes on by itself when it does.");

        await using var again = await StartAsync(urls);
        await PublishAsync(again, 20);
        await ExpectAsync(page, "events", "40");
        await ExpectAsync(page, "missed", "0");
        await Expect(page.Locator("#problem")).ToBeEmptyAsync();
    }

    [Fact]
    public async Task What_each_costs_is_counted()
    {
        await using var host = await StartAsync();
        await using var watched = await browser.OpenAsync(locale: "en");
        var page = watched.Page;
        await OpenAsync(page, host);
        for (var n = 0; n < 5; n++)
        {
            await PublishAsync(host, 1);
            await ExpectAsync(page, "events", (n + 1).ToString(CultureInfo.InvariantCulture));
        }
        await Expect(Card(page, "sse").Locator(".requests")).ToHaveTextAsync("1");
        await Expect(Card(page, "websocket").Locator(".requests")).ToHaveTextAsync("1");
        // The first, one for each event, and the one that waits.
        await Expect(Card(page, "longpolling").Locator(".requests")).ToHaveTextAsync("7");
        Assert.True(await BytesAsync(page, "longpolling") > 2 * await BytesAsync(page, "sse"), "Long polling costs more than an event stream.");
        Assert.True(await BytesAsync(page, "websocket") > 500, "The WebSocket's opening and its frames are counted.");
        await page.GetByRole(AriaRole.Button, new() { Name = "Count anew" }).ClickAsync();
        await ExpectAsync(page, "events", "0");
        watched.AssertClean();
    }

    [Fact]
    public async Task Latency_is_from_the_publisher_to_the_page_also_when_one_look_at_the_clock_took_long()
    {
        await using var host = await StartAsync();
        await using var watched = await browser.OpenAsync(locale: "en");
        var page = watched.Page;
        await OpenAsync(page, host);
        // A look whose answer is late by two seconds has the middle one second off.
        await page.RouteAsync("**/transports/costs?*", async route =>
        {
            var response = await route.FetchAsync();
            await Task.Delay(2000, TestContext.Current.CancellationToken);
            await route.FulfillAsync(new() { Response = response });
        }, new() { Times = 1 });
        await page.WaitForResponseAsync("**/transports/costs?*");
        await page.WaitForResponseAsync("**/transports/costs?*");
        for (var n = 0; n < 3; n++)
            await host.PublishAsync(TransportsPublisher.Topic, string.Create(CultureInfo.InvariantCulture, $"{{\"number\":{++_number},\"at\":{DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() - 5_000}}}"));
        await ExpectAsync(page, "events", "3");
        foreach (var way in Ways)
        {
            await Expect(Card(page, way).Locator(".p50")).Not.ToHaveTextAsync("–");
            var shown = await Card(page, way).Locator(".p50").TextContentAsync();
            Assert.InRange(int.Parse(shown!.Split(' ')[0], NumberStyles.AllowThousands, CultureInfo.InvariantCulture), 4_900, 8_000);
        }
    }

    [Fact]
    public void Page_whose_look_is_late_is_not_forgotten()
    {
        var time = new SignallingTime(DateTimeOffset.UtcNow);
        var meter = new TransportMeter(time);
        var costs = meter.CostsOf("a")!;
        Assert.NotNull(meter.CostsOf("gone"));
        var open = meter.Begin("a.sse")!;
        time.Advance(TimeSpan.FromMinutes(1));
        Assert.NotNull(meter.CostsOf("b"));
        Assert.Null(meter.Begin("gone.sse"));
        open.Cost.AddDown(7);
        Assert.Same(costs, meter.CostsOf("a"));
        Assert.Equal(7, costs["sse"].Down);
        open.Dispose();
        time.Advance(TimeSpan.FromMinutes(1));
        Assert.Same(costs, meter.CostsOf("a"));
    }

    [Fact]
    public async Task Rate_that_is_refused_is_told()
    {
        await using var host = await StartAsync();
        await using var watched = await browser.OpenAsync(locale: "pt-BR");
        await OpenAsync(watched.Page, host);
        await Expect(watched.Page.Locator("#rate option").First).ToHaveTextAsync("0,1");
        await watched.Page.RouteAsync("**/transports/rate?*", route => route.FulfillAsync(new() { Status = 421, ContentType = "application/problem+json", Body = "{\"detail\":\"Not here.\"}" }));
        await watched.Page.Locator("#rate").SelectOptionAsync("20");
        await Expect(watched.Page.Locator("#refused")).ToHaveTextAsync("Recusado: Not here.");
        await Expect(watched.Page.Locator("#rate")).ToHaveValueAsync("1");
    }

    [Fact]
    public async Task Way_that_is_switched_off_goes_on_where_it_was()
    {
        await using var host = await StartAsync();
        await using var watched = await browser.OpenAsync();
        var page = watched.Page;
        await OpenAsync(page, host);
        await PublishAsync(host, 1);
        await ExpectAsync(page, "events", "1");
        foreach (var way in Ways) await Card(page, way).Locator("input").UncheckAsync();
        foreach (var way in Ways) await Expect(Card(page, way).Locator("connection-state")).ToHaveAttributeAsync("data-state", "closed");
        await PublishAsync(host, 3);
        foreach (var way in Ways) await Card(page, way).Locator("input").CheckAsync();
        await ExpectAsync(page, "events", "4");
        await ExpectAsync(page, "missed", "0");
        watched.AssertClean();
    }

    [Fact]
    public async Task Any_data_is_harmless_and_not_counted()
    {
        await using var host = await StartAsync();
        await using var watched = await browser.OpenAsync();
        await OpenAsync(watched.Page, host);
        foreach (var text in HostileText.All) await host.PublishAsync(TransportsPublisher.Topic, text);
        await PublishAsync(host, 1);
        await ExpectAsync(watched.Page, "events", "1");
        await HostileText.AssertHarmlessAsync(watched.Page);
        watched.AssertClean();
    }

    [Theory]
    [InlineData("/transports/costs?session=", HttpStatusCode.BadRequest)]
    [InlineData("/transports/costs?session=../x", HttpStatusCode.BadRequest)]
    [InlineData("/transports/costs?session=abc", HttpStatusCode.OK)]
    [InlineData("/fonte/poll?match=a&meter=abc.sse", HttpStatusCode.OK)]
    [InlineData("/fonte/poll?match=a&meter=.", HttpStatusCode.OK)]
    public async Task Meter_takes_any_request(string path, HttpStatusCode expected)
    {
        await using var host = await StartAsync();
        using var response = await host.Http.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal(expected, response.StatusCode);
    }

    [Fact]
    public async Task Pages_that_are_too_many_are_told_so()
    {
        await using var host = await StartAsync();
        for (var n = 0; n < 100; n++) (await host.Http.GetAsync(new Uri($"/transports/costs?session=s{n}", UriKind.Relative), TestContext.Current.CancellationToken)).Dispose();
        using var response = await host.Http.GetAsync(new Uri("/transports/costs?session=more", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
    }

    [Theory]
    [InlineData("5", true, HttpStatusCode.NoContent)]
    [InlineData("5", false, HttpStatusCode.Forbidden)]
    [InlineData("0", true, HttpStatusCode.BadRequest)]
    [InlineData("21", true, HttpStatusCode.BadRequest)]
    [InlineData("NaN", true, HttpStatusCode.BadRequest)]
    [InlineData("x", true, HttpStatusCode.BadRequest)]
    public async Task Rate_is_changed_by_pages_of_this_server_within_limits(string rate, bool own, HttpStatusCode expected)
    {
        await using var host = await StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/transports/rate?perSecond=" + rate);
        request.Headers.Add("Origin", own ? host.Address.GetLeftPart(UriPartial.Authority) : "https://evil.example");
        using var response = await host.Http.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(expected, response.StatusCode);
        Assert.Equal(expected == HttpStatusCode.NoContent ? 5 : 1, host.Services.GetRequiredService<TransportsPublisher>().Rate);
    }

    // Without the loop that publishes.
    private Task<SampleHost> StartAsync(string urls = "http://127.0.0.1:0") => SampleHost.StartAsync(
        services => services.AddSteadyPublisher().AddSingleton<TransportMeter>().AddSingleton<TransportsPublisher>(),
        app =>
        {
            app.UseTransportMeter();
            app.MapFontePoll();
            app.MapFonteSocket();
            app.MapTransports();
        },
        _folder.FullName,
        urls);

    private static async Task OpenAsync(IPage page, SampleHost host)
    {
        await page.GotoAsync(new Uri(host.Address, "/transports/").AbsoluteUri);
        foreach (var way in Ways) await Expect(Card(page, way).Locator("connection-state")).ToHaveAttributeAsync("data-state", "open");
    }

    private async Task PublishAsync(SampleHost host, int count)
    {
        for (; count > 0; count--)
            await host.PublishAsync(TransportsPublisher.Topic, string.Create(CultureInfo.InvariantCulture, $"{{\"number\":{++_number},\"at\":{DateTimeOffset.UtcNow.ToUnixTimeMilliseconds()}}}"));
    }

    private static async Task ExpectAsync(IPage page, string figure, string text)
    {
        foreach (var way in Ways) await Expect(Card(page, way).Locator("." + figure)).ToHaveTextAsync(text, new() { Timeout = 20_000 });
    }

    private static async Task<int> BytesAsync(IPage page, string way)
    {
        var texts = await Card(page, way).Locator(".up, .down").AllTextContentsAsync();
        return texts.Sum(text => int.Parse(new string([.. text.Where(char.IsAsciiDigit)]), CultureInfo.InvariantCulture) * (text.EndsWith("kB", StringComparison.Ordinal) ? 1000 : 1));
    }

    private static ILocator Card(IPage page, string way) => page.Locator($".way[data-way={way}]");
}
