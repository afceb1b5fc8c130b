using Fonte.Browser.Tests.Demo;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace Fonte.Browser.Tests.Browser;

/// <summary>The lab's page, on streams so slow that after their first reading only the test's own events arrive.</summary>
public sealed class LabPageTests(SharedDemo demo, SharedBrowser browser)
{
    private const string Script = "<script>window.ran = true</script><img src=x onerror='window.ran = true'>";

    [Fact]
    public async Task Temperature_above_35_raises_the_alert_in_words_and_marks_the_row_and_35_ends_it()
    {
        await using var watched = await OpenAsync("temperatura", 3001, locale: "pt-BR");
        var page = watched.Page;

        await demo.PublishAsync("lab/temperatura/3001.0", """{"contador":901,"temperatura":35.1,"horario":"10:00:00"}""");
        await Expect(page.Locator("#alert")).ToBeVisibleAsync();
        await Expect(page.Locator("#alert")).ToHaveTextAsync("Alerta: temperatura elevada!");
        var row = page.Locator("#rows li").First;
        await Expect(row).ToContainTextAsync("Nº 901 · 35,1\u00a0°C");
        await Expect(row.Locator(".row-alert")).ToHaveTextAsync("acima de 35 °C");
        await Expect(page.Locator("#updated")).ToHaveTextAsync("10:00:00");

        await demo.PublishAsync("lab/temperatura/3001.0", """{"contador":902,"temperatura":35.0,"horario":"10:00:02"}""");
        await Expect(page.Locator("[data-variable=temperatura] .value")).ToHaveTextAsync("35,0\u00a0°C");
        await Expect(page.Locator("#alert")).ToBeHiddenAsync();
        await Expect(page.Locator("#rows li").First.Locator(".row-alert")).ToBeHiddenAsync();
        watched.AssertClean();
    }

    [Theory]
    [InlineData(3002, "{\"contador\":1,\"mensagem\":\"" + Script + "\",\"horario\":\"10:00:00\"}")]
    [InlineData(3006, Script)]
    public async Task Markup_in_an_event_is_shown_as_text(int interval, string data)
    {
        await using var watched = await OpenAsync("eventos", interval);
        var page = watched.Page;

        await demo.PublishAsync($"lab/eventos/{interval}.0", data);

        await Expect(page.Locator("#rows li").First).ToContainTextAsync(Script);
        await Expect(page.Locator("#rows :is(script, img)")).ToHaveCountAsync(0);
        Assert.False(await page.EvaluateAsync<bool>("'ran' in window"));
        watched.AssertClean();
    }

    [Fact]
    public async Task Only_the_newest_500_rows_are_kept_newest_on_top()
    {
        await using var watched = await OpenAsync("eventos", 3003);

        for (var i = 1; i <= 505; i++)
            await demo.PublishAsync("lab/eventos/3003.0", $$"""{"contador":{{i}},"mensagem":"event","horario":"10:00:00"}""");

        var rows = watched.Page.Locator("#rows li");
        await Expect(rows.First).ToContainTextAsync("No. 505 ·");
        await Expect(rows).ToHaveCountAsync(500);
        await Expect(rows.Last).ToContainTextAsync("No. 6 ·");
        await Expect(watched.Page.Locator("#received")).ToHaveTextAsync("506");
    }

    [Fact]
    public async Task Pause_holds_what_arrives_and_Continue_shows_it()
    {
        await using var watched = await OpenAsync("eventos", 3004);
        var page = watched.Page;
        var arrived = await EventArrivedAsync(page);
        await page.GetByRole(AriaRole.Button, new() { Name = "Pause" }).ClickAsync();
        await Expect(page.Locator("#summary")).ToContainTextAsync("Paused");

        await demo.PublishAsync("lab/eventos/3004.0", """{"contador":7,"mensagem":"held","horario":"10:00:00"}""");
        await arrived.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        Assert.Equal(1, await page.Locator("#rows li").CountAsync());

        await page.GetByRole(AriaRole.Button, new() { Name = "Continue" }).ClickAsync();
        await Expect(page.Locator("#rows li").First).ToContainTextAsync("held");
        await Expect(page.Locator("#received")).ToHaveTextAsync("2");
    }

    [Fact]
    public async Task Interval_out_of_range_is_explained_and_the_connection_stays_as_it_was()
    {
        await using var watched = await OpenAsync("eventos", 3005);
        var page = watched.Page;
        var interval = page.GetByLabel("Interval in seconds");

        await interval.FillAsync("0.1");
        await interval.PressAsync("Tab");
        await Expect(page.Locator("#interval-hint")).ToHaveTextAsync("Use a number from 0.5 to 3600, with one decimal at most.");
        await Expect(interval).ToHaveAttributeAsync("aria-invalid", "true");
        await Expect(page.Locator("#address")).ToHaveTextAsync("/eventos?intervalo=3005");

        await interval.FillAsync("0.5");
        await interval.PressAsync("Tab");
        await Expect(page.Locator("#address")).ToHaveTextAsync("/eventos?intervalo=0.5");
        await Expect(page.Locator("#rows li").Nth(1)).ToBeVisibleAsync();
        watched.AssertClean();
    }

    /// <summary>Opens the page and waits until the loop's own first reading is on it.</summary>
    private async Task<WatchedPage> OpenAsync(string stream, int interval, string locale = "en-GB")
    {
        var watched = await browser.OpenAsync(locale);
        await watched.Page.GotoAsync(new Uri(demo.Address, $"/lab/?stream={stream}&intervalo={interval}").AbsoluteUri);
        await Expect(watched.Page.Locator("#rows li")).ToHaveCountAsync(1);
        return watched;
    }

    /// <summary>A task that ends when the page's event source gets its next event, whatever the page does with it.</summary>
    private static async Task<Task> EventArrivedAsync(IPage page)
    {
        var arrived = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var devTools = await page.Context.NewCDPSessionAsync(page);
        devTools.Event("Network.eventSourceMessageReceived").OnEvent += (_, _) => arrived.TrySetResult();
        await devTools.SendAsync("Network.enable");
        return arrived.Task;
    }
}
