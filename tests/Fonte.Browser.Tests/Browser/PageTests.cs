using System.Text.Json;
using System.Text.RegularExpressions;
using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Fonte.Browser.Tests.Demo;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace Fonte.Browser.Tests.Browser;

public sealed partial class PageTests(SharedDemo demo, SharedBrowser browser)
{
    private static readonly string[] AxeTags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

    public static MatrixTheoryData<string, string, ColorScheme> Views { get; } =
        new(["/", "/clock/", "/lab/", "/sensors/", "/echo/", "/activity/", "/orders/", "/transports/"], ["en", "pt-BR"], [ColorScheme.Light, ColorScheme.Dark]);

    public static TheoryData<string> Paths { get; } = ["/", "/clock/", "/lab/", "/sensors/", "/echo/", "/activity/", "/orders/", "/transports/"];

    [Theory]
    [MemberData(nameof(Views))]
    public async Task Page_speaks_the_browsers_language_is_accessible_and_stays_on_this_machine(string path, string language, ColorScheme theme)
    {
        await using var watched = await browser.OpenAsync(locale: language, theme: theme);
        var page = watched.Page;
        await OpenLiveAsync(page, path, language);
        if (path == "/orders/")
        {
            await page.Locator("#form button.main").ClickAsync();
            await Expect(page.Locator("#told")).ToHaveTextAsync("1", new() { Timeout = 20_000 });
        }
        await page.SetViewportSizeAsync(320, 640);
        Assert.Equal(320, await page.EvaluateAsync<int>("document.documentElement.scrollWidth"));
        await page.SetViewportSizeAsync(1920, 1080);
        Assert.Equal(1920, await page.EvaluateAsync<int>("document.documentElement.scrollWidth"));
        await page.SetViewportSizeAsync(1280, 860);
        // Before axe and the screenshot: both add inline styles, which the page's policy reports as errors.
        watched.AssertClean();

        var axe = await page.RunAxe(new AxeRunOptions { RunOnly = new RunOnlyOptions { Type = "tag", Values = [.. AxeTags] } });
        Assert.Empty(axe.Violations.Select(violation => $"{violation.Id}: {string.Join(", ", violation.Nodes.Select(node => node.Html))}"));
        await Screenshots.TakeAsync(page, path, language, theme);
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task Page_has_a_light_and_a_dark_ground(string path)
    {
        await using var watched = await browser.OpenAsync();
        await OpenLiveAsync(watched.Page, path, "en");
        var light = await LightnessAsync(watched.Page);
        await watched.Page.EmulateMediaAsync(new PageEmulateMediaOptions { ColorScheme = ColorScheme.Dark });
        var dark = await LightnessAsync(watched.Page);

        Assert.True(light > 200 && dark < 50, $"Light ground {light}, dark ground {dark} of 255.");
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task English_in_the_markup_is_the_English_of_the_catalogue(string path)
    {
        await using var watched = await browser.OpenAsync();
        await OpenLiveAsync(watched.Page, path, "en");

        var differences = await watched.Page.EvaluateAsync<string[]>(
            """
            async () => {
              const { t } = await import(new URL('/shared/i18n.js', location.href));
              const markup = new DOMParser().parseFromString(await (await fetch(location.pathname)).text(), 'text/html');
              const texts = [...markup.querySelectorAll('[data-i18n]')].map((element) => [element.dataset.i18n, element.textContent]);
              const labels = [...markup.querySelectorAll('[data-i18n-label]')].map((element) => [element.dataset.i18nLabel, element.getAttribute('aria-label')]);
              const all = [...texts, ...labels];
              return all.length === 0 ? ['nothing to compare'] : all.filter(([key, text]) => t(key) !== text).map(([key]) => key);
            }
            """);

        Assert.Empty(differences);
    }

    [Fact]
    public async Task Language_chosen_with_the_switch_wins_over_the_browsers_and_is_kept_and_lang_in_the_address_wins_over_both()
    {
        await using var watched = await browser.OpenAsync(locale: "en-GB");
        var page = watched.Page;
        await OpenLiveAsync(page, "/clock/", "en");
        await page.GetByRole(AriaRole.Button, new() { Name = "Português" }).ClickAsync();
        await Expect(page.Locator("h1")).ToHaveTextAsync("Relógio");
        await Expect(page.Locator("connection-state")).ToHaveTextAsync("aberta");

        await OpenLiveAsync(page, "/lab/", "pt-BR");
        await Expect(page.Locator("h1")).ToHaveTextAsync("Laboratório");

        await OpenLiveAsync(page, "/?lang=en", "en");
        await Expect(page.Locator("h1")).ToHaveTextAsync("The server speaks first");
        watched.AssertClean();
    }

    [Theory]
    [InlineData("/sensors/?lang=xx")]
    [InlineData("/dashboard/?lang=%3Cscript%3E")]
    [InlineData("/echo/?lang=")]
    public async Task Unknown_language_is_English(string path)
    {
        await using var watched = await browser.OpenAsync(locale: "de-DE");
        await watched.Page.GotoAsync(new Uri(demo.Address, path).AbsoluteUri);
        await Expect(watched.Page.Locator("html")).ToHaveAttributeAsync("data-language", "en");
        await Expect(watched.Page.Locator("html")).ToHaveAttributeAsync("lang", "en");
        await Expect(watched.Page.Locator("connection-state").First).ToHaveTextAsync("open");
        watched.AssertClean();
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task Navigation_leads_to_every_page_of_the_demo_and_marks_the_one_that_is_open(string path)
    {
        await using var watched = await browser.OpenAsync();
        await OpenLiveAsync(watched.Page, path, "en");

        var links = watched.Page.Locator("site-nav a");
        string[] all = [.. Paths.Select(row => row.Data), "/dashboard/"];
        Assert.Equal(all.Select(each => new Uri(demo.Address, each).AbsoluteUri), await links.EvaluateAllAsync<string[]>("links => links.map((link) => link.href)"));
        await Expect(watched.Page.Locator("site-nav a[aria-current=page]")).ToHaveCountAsync(1);
        Assert.Equal(path, await watched.Page.Locator("site-nav a[aria-current=page]").EvaluateAsync<string>("link => link.pathname"));
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task Keyboard_reaches_every_control_and_shows_where_it_is(string path)
    {
        await using var watched = await browser.OpenAsync();
        var page = watched.Page;
        await OpenLiveAsync(page, path, "en");
        var count = await page.EvaluateAsync<int>(
            """
            () => {
              const controls = 'a[href], button, select, textarea, summary, input:not([type="radio"]), input[type="radio"]:checked, [tabindex="0"]';
              window.unreached = new Set([...document.querySelectorAll(controls)].filter((control) => control.checkVisibility()));
              return window.unreached.size;
            }
            """);
        Assert.InRange(count, 6, 100);

        for (var i = 0; i < count; i++)
        {
            await page.Keyboard.PressAsync("Tab");
            var outline = await page.EvaluateAsync<string>(
                "() => { window.unreached.delete(document.activeElement); return getComputedStyle(document.activeElement).outlineStyle; }");
            Assert.NotEqual("none", outline);
        }

        Assert.Empty(await page.EvaluateAsync<string[]>("[...window.unreached].map((control) => control.outerHTML)"));
    }

    /// <summary>Opens a page and waits until it is translated and, where it has a connection, has shown an event.</summary>
    private async Task OpenLiveAsync(IPage page, string path, string language)
    {
        await page.GotoAsync(new Uri(demo.Address, path).AbsoluteUri);
        await Expect(page.Locator("html")).ToHaveAttributeAsync("data-language", language);
        if (path.StartsWith("/clock", StringComparison.Ordinal)) await Expect(page.Locator("#time")).ToHaveTextAsync(Clock());
        if (path.StartsWith("/sensors", StringComparison.Ordinal)) await Expect(page.Locator(".machine:not(.is-unknown):not(.is-silent)")).ToHaveCountAsync(4);
        if (path.StartsWith("/echo", StringComparison.Ordinal)) await EchoAsync(page);
        if (path.StartsWith("/orders", StringComparison.Ordinal)) await Expect(page.Locator(".service:not(.silent):not(.stopped) .received:not(:text(\"–\"))")).ToHaveCountAsync(4, new() { Timeout = 20_000 });
        if (path.StartsWith("/transports", StringComparison.Ordinal)) await Expect(page.Locator(".way .events:not(:text(\"0\"))")).ToHaveCountAsync(4, new() { Timeout = 20_000 });
        if (path.StartsWith("/activity", StringComparison.Ordinal)) await Expect(page.Locator("#rows li").First).ToBeVisibleAsync();
        if (path.StartsWith("/lab", StringComparison.Ordinal)) await Expect(page.Locator("#rows li").First).ToBeVisibleAsync();
    }

    private static async Task EchoAsync(IPage page)
    {
        await Expect(page.Locator("connection-state")).ToHaveAttributeAsync("data-state", "open");
        // A switch of language may have posted before.
        var posted = await page.Locator("#rows li").CountAsync();
        // By script, so that the keyboard begins at the top of the page.
        await page.EvaluateAsync("() => { document.getElementById('text').value = 'Olá!'; document.getElementById('form').requestSubmit(); }");
        await Expect(page.Locator("#rows li")).ToHaveCountAsync(posted + 1);
    }

    private static async Task<double> LightnessAsync(IPage page)
    {
        var ground = await page.EvaluateAsync<string>("getComputedStyle(document.documentElement).backgroundColor");
        return Number().Matches(ground).Take(3).Average(match => JsonSerializer.Deserialize<double>(match.Value));
    }

    [GeneratedRegex(@"^\d\d:\d\d:\d\d$")]
    private static partial Regex Clock();

    [GeneratedRegex(@"\d+")]
    private static partial Regex Number();
}
