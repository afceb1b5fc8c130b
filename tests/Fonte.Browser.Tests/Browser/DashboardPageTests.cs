using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Fonte.AspNetCore.Tests.Authorization;
using Fonte.Browser.Tests.Demo;
using Fonte.Dashboard;
using Microsoft.Playwright;
using Xunit;
using static Fonte.Browser.Tests.Browser.DashboardHost;
using static Microsoft.Playwright.Assertions;

namespace Fonte.Browser.Tests.Browser;

public sealed class DashboardPageTests(SharedBrowser browser)
{
    private static readonly string[] AxeTags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

    public static MatrixTheoryData<string, ColorScheme> Views { get; } = new(["en", "pt-BR"], [ColorScheme.Light, ColorScheme.Dark]);

    [Theory]
    [MemberData(nameof(Views))]
    public async Task Page_speaks_the_browsers_language_is_accessible_and_stays_on_this_machine(string language, ColorScheme theme)
    {
        await using var host = await StartAsync();
        await using var watched = await browser.OpenAsync(locale: language, theme: theme);
        var page = watched.Page;
        await OpenAsync(page, host);
        await Expect(page.Locator("html")).ToHaveAttributeAsync("data-language", language);
        await Expect(page.Locator("h1")).ToHaveTextAsync(language == "en" ? "Dashboard" : "Painel");
        await host.PublishAsync("orders/1", """{"item":"book","price":40.10}""", "placed");
        await page.Locator("#rows button").First.ClickAsync();
        await Expect(page.Locator("#event-data")).ToHaveTextAsync("{ \"item\": \"book\", \"price\": 40.10 }");
        foreach (var width in (int[])[320, 360, 768, 1920, 1280])
        {
            await page.SetViewportSizeAsync(width, 860);
            Assert.Equal(width, await page.EvaluateAsync<int>("document.documentElement.scrollWidth"));
        }
        Assert.Equal(theme == ColorScheme.Dark, await page.EvaluateAsync<bool>("getComputedStyle(document.documentElement).backgroundColor === 'rgb(13, 20, 24)'"));
        // Before axe and the screenshot: both add inline styles, which the page's policy reports as errors.
        watched.AssertClean();

        var axe = await page.RunAxe(new AxeRunOptions { RunOnly = new RunOnlyOptions { Type = "tag", Values = [.. AxeTags] } });
        Assert.Empty(axe.Violations.Select(violation => $"{violation.Id}: {string.Join(", ", violation.Nodes.Select(node => node.Html))}"));
        await Screenshots.TakeAsync(page, "/dashboard/", language, theme);
    }

    [Fact]
    public async Task English_in_the_markup_is_the_English_of_the_catalogue()
    {
        await using var host = await StartAsync();
        await using var watched = await browser.OpenAsync();
        await OpenAsync(watched.Page, host);

        var differences = await watched.Page.EvaluateAsync<string[]>(
            """
            async () => {
              const { t } = await import(new URL('i18n.js', location.href));
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
    public async Task Keyboard_reaches_every_control_and_shows_where_it_is()
    {
        await using var host = await StartAsync();
        await using var watched = await browser.OpenAsync();
        var page = watched.Page;
        await OpenAsync(page, host);
        var count = await page.EvaluateAsync<int>(
            """
            () => {
              const controls = 'a[href], button, select, textarea, input, [tabindex="0"]';
              window.unreached = new Set([...document.querySelectorAll(controls)].filter((control) => control.checkVisibility()));
              return window.unreached.size;
            }
            """);
        Assert.InRange(count, 20, 100);
        for (var i = 0; i < count; i++)
        {
            await page.Keyboard.PressAsync("Tab");
            Assert.NotEqual("none", await page.EvaluateAsync<string>("() => { window.unreached.delete(document.activeElement); return getComputedStyle(document.activeElement).outlineStyle; }"));
        }
        Assert.Empty(await page.EvaluateAsync<string[]>("[...window.unreached].map((control) => control.outerHTML)"));
    }

    [Fact]
    public async Task Wrong_pattern_is_told_in_a_sentence_and_a_matcher_is_explained()
    {
        await using var host = await StartAsync();
        await using var watched = await browser.OpenAsync();
        var page = watched.Page;
        await OpenAsync(page, host);
        await page.Locator("#match-pattern").FillAsync("/books/:id");
        await page.Locator("#match-topic").FillAsync("/books/7");
        await page.GetByRole(AriaRole.Button, new() { Name = "Try" }).ClickAsync();
        await Expect(page.Locator("#match-answer")).ToHaveTextAsync("Yes: the pattern selects the topic.");
        await Expect(page.Locator("#match-rows")).ToContainTextAsync("id = 7");
        await page.Locator("#match-topic").FillAsync("/films/7");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator("#match-answer")).ToHaveTextAsync("No, these do not match: pathname");
        watched.AssertClean();

        await page.Locator("#expression").FillAsync("(");
        await page.GetByRole(AriaRole.Button, new() { Name = "Show" }).ClickAsync();
        await Expect(page.Locator("#summary")).ToContainTextAsync("Refused: ");
        await Expect(page.Locator("#expression")).ToHaveAttributeAsync("aria-invalid", "true");
        await Expect(page.Locator("connection-state")).ToHaveAttributeAsync("data-state", "closed");
    }

    [Fact]
    public async Task Whatever_the_server_answers_is_told_and_the_page_goes_on_asking()
    {
        await using var host = await StartAsync();
        await using var watched = await browser.OpenAsync();
        var page = watched.Page;
        var answer = "{";
        await page.RouteAsync("**/api/state", route => answer.Length == 0 ? route.ContinueAsync() : route.FulfillAsync(new() { Status = answer == "{" ? 200 : 503, ContentType = "application/json", Body = answer }));
        await page.GotoAsync(new Uri(host.Address, "/dashboard/").AbsoluteUri);
        await Expect(page.Locator("#problem")).ToHaveTextAsync("Refused: 200");
        answer = """{"detail":"The hub is resting."}""";
        await Expect(page.Locator("#problem")).ToHaveTextAsync("Refused: The hub is resting.");
        answer = "";
        await Expect(page.Locator("#problem")).ToHaveTextAsync("");
        await Expect(page.Locator("connection-state")).ToHaveAttributeAsync("data-state", "open");
        answer = """{"detail":"The hub is resting."}""";
        await Expect(page.Locator("#problem")).ToContainTextAsync("The hub is resting. The figures are of ");
        // A part of an answer that this page does not understand is told as its own fault.
        answer = """{"run":"1"}""";
        await page.UnrouteAsync("**/api/state");
        await page.RouteAsync("**/api/state", route => route.FulfillAsync(new() { ContentType = "application/json", Body = answer }));
        await Expect(page.Locator("#problem")).ToContainTextAsync("This page failed: ");
    }

    [Fact]
    public async Task Texts_that_cannot_be_had_are_asked_for_again()
    {
        await using var host = await StartAsync();
        await using var watched = await browser.OpenAsync();
        var page = watched.Page;
        var failures = 2;
        await page.RouteAsync("**/i18n/en.json", route => failures-- > 0 ? route.AbortAsync() : route.ContinueAsync());
        await page.GotoAsync(new Uri(host.Address, "/dashboard/").AbsoluteUri);
        await Expect(page.Locator("h1")).ToBeVisibleAsync();
        await Expect(page.Locator("connection-state")).ToHaveTextAsync("connecting");
        await Expect(page.Locator("connection-state")).ToHaveTextAsync("open");
    }

    [Fact]
    public async Task Connections_and_charts_have_words_and_tables()
    {
        await using var host = await StartAsync();
        await using var watched = await browser.OpenAsync();
        var page = watched.Page;
        await OpenAsync(page, host);
        using var stream = await host.Http.GetStreamAsync(new Uri("/.well-known/mercure?match=seen/here", UriKind.Relative), TestContext.Current.CancellationToken);
        await Expect(page.Locator("#connection-rows th").Filter(new() { HasText = "seen/here" })).ToHaveCountAsync(1);
        await Expect(page.Locator("#connections-text")).ToHaveTextAsync("Event streams: 2. The furthest behind come first.");
        await Expect(page.Locator("#chart-connections")).ToHaveTextAsync("Event streams: 2 now, between 0 and 2.");
        await Expect(page.Locator("#chart-rows tr").First.Locator("td")).ToHaveTextAsync(["2", "0", "2"]);
        await Expect(page.Locator(".plot canvas")).ToHaveCountAsync(3);
        watched.AssertClean();
    }

    [Fact]
    public async Task Server_that_is_away_is_told_and_nothing_is_missed_when_it_is_back()
    {
        var folder = Directory.CreateTempSubdirectory("fonte-dashboard-");
        try
        {
            var host = await StartAsync(folder.FullName, FreePort.Address());
            await using var watched = await browser.OpenAsync();
            var page = watched.Page;
            await OpenAsync(page, host);
            await host.PublishAsync("a", "before");
            await Expect(page.Locator("#rows .row-data")).ToHaveTextAsync(["before"]);
            await host.DisposeAsync();
            await Expect(page.Locator("connection-state")).ToHaveAttributeAsync("data-state", "retrying");
            await Expect(page.Locator("#problem")).ToContainTextAsync("The server is not there: ");
            // In another language, too.
            await page.GetByRole(AriaRole.Button, new() { Name = "Português" }).ClickAsync();
            await Expect(page.Locator("#problem")).ToContainTextAsync("O servidor não responde: ");

            await using var again = await StartAsync(folder.FullName, host.Address.OriginalString);
            await again.PublishAsync("a", "after");
            await Expect(page.Locator("#rows .row-data")).ToHaveTextAsync(["after", "before"]);
            await Expect(page.Locator("connection-state")).ToHaveAttributeAsync("data-state", "open");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task Without_a_token_the_page_asks_for_one_keeps_it_in_the_tab_and_forgets_it()
    {
        await using var host = await StartAsync(access: DashboardAccess.HubToken);
        await using var watched = await browser.OpenAsync();
        var page = watched.Page;
        await page.GotoAsync(new Uri(host.Address, "/dashboard/").AbsoluteUri);
        await Expect(page.Locator("#token")).ToBeFocusedAsync();
        await Expect(page.Locator("#live")).ToBeHiddenAsync();
        await page.Locator("#token").FillAsync(TestToken.Granting("subscribe", "*").Sign());
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator("#access-answer")).ToContainTextAsync("Refused: The access token does not grant subscribing to /.well-known/mercure/dashboard");

        await page.Locator("#token").FillAsync(TestToken.Granting("subscribe", "/.well-known/mercure/dashboard").Sign());
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator("connection-state")).ToHaveAttributeAsync("data-state", "open");
        await page.ReloadAsync();
        await Expect(page.Locator("connection-state")).ToHaveAttributeAsync("data-state", "open");
        await host.PublishAsync("a", "seen");
        await Expect(page.Locator("#rows .row-data")).ToHaveTextAsync(["seen"]);
        Assert.Equal(0, await page.EvaluateAsync<int>("localStorage.length"));

        await page.Locator("#rows button").ClickAsync();
        await Expect(page.Locator("#event-data")).ToHaveTextAsync("seen");
        await page.GetByRole(AriaRole.Button, new() { Name = "Forget the token" }).ClickAsync();
        await Expect(page.Locator("#access")).ToBeVisibleAsync();
        // Nothing of it is left for who comes next.
        Assert.DoesNotContain("seen", await page.Locator("main").TextContentAsync(), StringComparison.Ordinal);
        await Expect(page.Locator("#connection-rows tr")).ToHaveCountAsync(0);
        Assert.Equal(0, await page.EvaluateAsync<int>("sessionStorage.length"));
    }
}
