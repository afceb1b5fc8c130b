using System.Globalization;
using Fonte.Browser.Tests.Demo;
using Fonte.Browser.Tests.Samples;
using Fonte.Samples.Activity;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace Fonte.Browser.Tests.Browser;

/// <summary>The activity's page, in a company where only what the test publishes happens.</summary>
public sealed class ActivityPageTests(SharedBrowser browser)
{
    private const string Other = "other";

    [Fact]
    public async Task Connection_that_is_cut_again_and_again_loses_no_event_and_shows_none_twice()
    {
        const int cuts = 4;
        const int betweenCuts = 25;
        await using var host = await StartAsync();
        await using var proxy = await StreamProxy.StartAsync(host.Address, stripPositions: false);
        await using var watched = await browser.OpenAsync();
        var page = watched.Page;
        await page.GotoAsync(new Uri(proxy.Address, "/activity/").AbsoluteUri);
        Assert.Null(await proxy.NextRequestAsync());
        await Expect(page.Locator("connection-state")).ToHaveTextAsync("open");
        var number = 0;

        for (var cut = 0; cut < cuts; cut++)
        {
            await PlaceAsync(betweenCuts);
            proxy.Cut();
            await PlaceAsync(betweenCuts);
            Assert.NotNull(await proxy.NextRequestAsync());
            await PlaceAsync(betweenCuts);
            proxy.Open();
            await PlaceAsync(betweenCuts);
            // Only a connection that is there can be cut.
            await Expect(page.Locator("#received")).ToHaveTextAsync(number.ToString(CultureInfo.InvariantCulture));
        }

        var texts = await page.Locator("#rows .text").AllTextContentsAsync();
        Assert.Equal(Enumerable.Range(1, number).Reverse().Select(each => $"Order N-{each} of 1.00"), texts);

        async Task PlaceAsync(int count)
        {
            for (var i = 0; i < count; i++) await host.PublishAsync(ActivityExtensions.Topic, Placed($"N-{++number}"), CompanyDay.Placed);
        }
    }

    [Fact]
    public async Task Event_named_error_says_nothing_about_the_connection()
    {
        await using var host = await StartAsync();
        await using var watched = await OpenAsync(host);
        var page = watched.Page;
        // Whatever state was shown in between.
        await page.EvaluateAsync("() => { window.states = []; new MutationObserver((changes) => states.push(...changes.map(({ target }) => target.dataset.state))).observe(document.querySelector('connection-state'), { attributeFilter: ['data-state'] }); }");
        await host.PublishAsync(ActivityExtensions.Topic, "{}", "error");
        var before = int.Parse((await page.Locator("#received").TextContentAsync())!, CultureInfo.InvariantCulture);
        await host.PublishAsync(ActivityExtensions.Topic, Placed("A-1"), CompanyDay.Placed);
        await Expect(page.Locator("#received")).Not.ToHaveTextAsync(before.ToString(CultureInfo.InvariantCulture));
        Assert.Empty(await page.EvaluateAsync<string[]>("states"));
        watched.AssertClean();
    }

    [Fact]
    public async Task Types_are_counted_and_filtered_and_all_languages_and_marks_are_found_by_search()
    {
        await using var host = await StartAsync();
        await PublishDayAsync(host);
        await using var watched = await OpenAsync(host, "pt-BR");
        var page = watched.Page;
        var rows = page.Locator("#rows li");
        await Expect(page.Locator("#received")).ToHaveTextAsync("4");
        Assert.Equal(["2", "1", "1", "0"], await page.Locator("#choices .count").AllTextContentsAsync());

        await page.Locator("[data-type=PEDIDO_FEITO] input").PressAsync("Space");
        await Expect(rows).ToHaveCountAsync(2);
        await Expect(page.Locator("#summary")).ToHaveTextAsync("Encontrados: 2 de 4.");
        await page.Locator("[data-type=PEDIDO_FEITO] input").PressAsync("Space");
        await Expect(rows).ToHaveCountAsync(4);

        await page.Locator("#search").FillAsync("  DISCO ESTA cheio ");
        await Expect(rows).ToHaveCountAsync(1);
        await Expect(rows.Locator(".text")).ToHaveTextAsync("Estoque: o disco está cheio");
        await page.GetByRole(AriaRole.Button, new() { Name = "English" }).ClickAsync();
        await Expect(rows).ToHaveCountAsync(0);
        await page.Locator("#search").FillAsync("disk is full");
        await Expect(rows.Locator(".text")).ToHaveTextAsync("Stock: the disk is full");

        // What comes now is held to the same.
        await host.PublishAsync(ActivityExtensions.Topic, Placed("A-9"), CompanyDay.Placed);
        await Expect(page.Locator("#received")).ToHaveTextAsync("5");
        await Expect(rows).ToHaveCountAsync(1);
        await Expect(page.Locator("#shown")).ToHaveTextAsync("1 of 5");
        watched.AssertClean();
    }

    [Fact]
    public async Task Pause_holds_what_arrives_and_tells_how_much_and_Continue_shows_it()
    {
        await using var host = await StartAsync();
        await PublishDayAsync(host);
        await using var watched = await OpenAsync(host);
        var page = watched.Page;
        await Expect(page.Locator("#rows li")).ToHaveCountAsync(4);

        await page.GetByRole(AriaRole.Button, new() { Name = "Pause" }).ClickAsync();
        await Expect(page.Locator("#summary")).ToContainTextAsync("Paused");
        for (var i = 1; i <= 3; i++) await host.PublishAsync(ActivityExtensions.Topic, Placed($"P-{i}"), CompanyDay.Placed);
        await Expect(page.Locator("#waiting")).ToHaveTextAsync("Waiting: 3");
        await Expect(page.Locator("#rows li")).ToHaveCountAsync(4);

        await page.GetByRole(AriaRole.Button, new() { Name = "Continue" }).ClickAsync();
        await Expect(page.Locator("#rows .text").First).ToHaveTextAsync("Order P-3 of 1.00");
        await Expect(page.Locator("#rows li")).ToHaveCountAsync(7);
        await Expect(page.Locator("#waiting")).ToBeHiddenAsync();
        await Expect(page.Locator("#summary")).ToBeHiddenAsync();
        watched.AssertClean();
    }

    [Fact]
    public async Task Only_the_newest_500_are_kept_and_searched()
    {
        await using var host = await StartAsync();
        for (var i = 1; i <= 505; i++) await host.PublishAsync(ActivityExtensions.Topic, Placed($"N-{i}"), CompanyDay.Placed);
        await using var watched = await OpenAsync(host);
        var page = watched.Page;
        await Expect(page.Locator("#received")).ToHaveTextAsync("505");
        await Expect(page.Locator("#rows li")).ToHaveCountAsync(500);
        await Expect(page.Locator("#rows .text").Last).ToHaveTextAsync("Order N-6 of 1.00");
        await page.Locator("#search").FillAsync("n-50");
        Assert.Equal(["Order N-505 of 1.00", "Order N-504 of 1.00", "Order N-503 of 1.00", "Order N-502 of 1.00", "Order N-501 of 1.00", "Order N-500 of 1.00", "Order N-50 of 1.00"], await page.Locator("#rows .text").AllTextContentsAsync());
        await page.Locator("#search").FillAsync("order n-5 of");
        await Expect(page.Locator("#rows li")).ToHaveCountAsync(0);
    }

    [Theory]
    [InlineData(null, Other)]
    [InlineData(CompanyDay.Placed, CompanyDay.Placed)]
    public async Task Any_text_is_shown_as_text_and_runs_nothing(string? type, string shownAs)
    {
        await using var host = await StartAsync();
        await using var watched = await OpenAsync(host);
        var page = watched.Page;
        foreach (var text in HostileText.All) await host.PublishAsync(ActivityExtensions.Topic, text, type);
        await host.PublishAsync(ActivityExtensions.Topic, Placed("</style>" + HostileText.Script), CompanyDay.Placed);

        await Expect(page.Locator("#rows .text").First).ToHaveTextAsync($"Order </style>{HostileText.Script} of 1.00");
        await Expect(page.Locator("#received")).ToHaveTextAsync((HostileText.All.Count + 1).ToString(CultureInfo.InvariantCulture));
        await Expect(page.Locator($"#rows li[data-type={shownAs}] .text").Last).ToHaveTextAsync(HostileText.Script);
        await HostileText.AssertHarmlessAsync(page);
        watched.AssertClean();
    }

    [Fact]
    public async Task Server_that_comes_back_goes_on_where_it_was()
    {
        var folder = Directory.CreateTempSubdirectory("fonte-activity-");
        try
        {
            var host = await StartAsync(folder.FullName, FreePort.Address());
            await PublishDayAsync(host);
            await using var watched = await OpenAsync(host);
            await Expect(watched.Page.Locator("#received")).ToHaveTextAsync("4");
            await host.DisposeAsync();

            await using var again = await StartAsync(folder.FullName, host.Address.OriginalString);
            await again.PublishAsync(ActivityExtensions.Topic, Placed("A-9"), CompanyDay.Placed);
            await Expect(watched.Page.Locator("#rows .text").First).ToHaveTextAsync("Order A-9 of 1.00");
            await Expect(watched.Page.Locator("#received")).ToHaveTextAsync("5");
            await Expect(watched.Page.Locator("connection-state")).ToHaveTextAsync("open");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static Task<SampleHost> StartAsync(string data = FonteOptions.InMemory, string urls = "http://127.0.0.1:0") =>
        SampleHost.StartAsync(services => services.TryAddSingleton(TimeProvider.System), app => app.MapActivity(), data, urls);

    private async Task<WatchedPage> OpenAsync(SampleHost host, string locale = "en-GB")
    {
        var watched = await browser.OpenAsync(locale);
        await watched.Page.GotoAsync(new Uri(host.Address, "/activity/").AbsoluteUri);
        await Expect(watched.Page.Locator("connection-state")).ToHaveAttributeAsync("data-state", "open");
        return watched;
    }

    private static async Task PublishDayAsync(SampleHost host)
    {
        await host.PublishAsync(ActivityExtensions.Topic, Placed("A-1"), CompanyDay.Placed);
        await host.PublishAsync(ActivityExtensions.Topic, Placed("A-2"), CompanyDay.Placed);
        await host.PublishAsync(ActivityExtensions.Topic, Placed("A-1"), CompanyDay.Paid);
        await host.PublishAsync(ActivityExtensions.Topic, """{"service":"stock","code":"disk-full","time":"2026-03-09T07:05:00Z"}""", CompanyDay.Broken);
    }

    private static string Placed(string order) =>
        System.Text.Json.JsonSerializer.Serialize(new Dictionary<string, object> { ["order"] = order, ["amount"] = 1, ["time"] = "2026-03-09T07:05:00Z" });
}
