using System.Globalization;
using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Fonte.AspNetCore.Tests.Authorization;
using Fonte.Browser.Tests.Demo;
using Fonte.Browser.Tests.Samples;
using Fonte.Dashboard;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Xunit;
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
    public async Task Events_are_published_shown_and_inspected_also_private_ones_and_counted_by_topic()
    {
        await using var host = await StartAsync();
        await using var watched = await browser.OpenAsync();
        var page = watched.Page;
        await OpenAsync(page, host);
        await page.Locator("#topic").FillAsync("books/1");
        await page.GetByLabel("Type, may be empty").FillAsync("sold");
        await page.Locator("#data").FillAsync("""{"big":12345678901234567890,"empty":{},"list":[1,"a,b"]}""");
        await page.GetByLabel("Private: only").CheckAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Publish the event" }).ClickAsync();
        await Expect(page.Locator("#publish-answer")).ToContainTextAsync("Published with the ID urn:fonte:");

        var row = page.Locator("#rows button");
        await Expect(row.Locator(".row-topic")).ToHaveTextAsync(["books/1"]);
        await Expect(row.Locator(".row-type")).ToHaveTextAsync(["sold"]);
        await row.FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator("#inspected")).ToBeFocusedAsync();
        await Expect(page.Locator("#event-private")).ToHaveTextAsync("yes");
        Assert.Equal("{\n  \"big\": 12345678901234567890,\n  \"empty\": {},\n  \"list\": [\n    1,\n    \"a,b\"\n  ]\n}", await page.Locator("#event-data").TextContentAsync());
        await page.Locator("#close").ClickAsync();
        await Expect(row).ToBeFocusedAsync();
        await Expect(page.Locator("#topic-rows th")).ToHaveTextAsync(["books/1"]);
        await Expect(page.Locator("#figure-kept")).ToHaveTextAsync("1");

        await page.Locator("#topic").FillAsync("/.well-known/mercure/subscriptions");
        await page.Locator("#publish-form button").ClickAsync();
        await Expect(page.Locator("#publish-answer")).ToContainTextAsync("Refused: ");
    }

    [Fact]
    public async Task Replay_shows_what_was_and_a_pattern_selects()
    {
        await using var host = await StartAsync();
        for (var i = 0; i < 3; i++) await host.PublishAsync($"books/{i}", $"book {i}");
        await host.PublishAsync("films/1", "film");
        await using var watched = await browser.OpenAsync();
        var page = watched.Page;
        await OpenAsync(page, host);
        await Expect(page.Locator("#rows li")).ToHaveCountAsync(0);

        await page.Locator("#beginning").SelectOptionAsync("earliest");
        await page.Locator("#expression").FillAsync("/.well-known/books/:id");
        await page.GetByRole(AriaRole.Button, new() { Name = "Show" }).ClickAsync();
        await Expect(page.Locator("#rows .row-data")).ToHaveTextAsync(["book 2", "book 1", "book 0"]);
        await page.Locator("#rows button").Last.ClickAsync();
        await Expect(page.Locator("#inspected")).ToBeFocusedAsync();
        var first = await page.Locator("#event-id").TextContentAsync();

        await page.Locator("#beginning").SelectOptionAsync("last_event_id");
        await page.Locator("#after").FillAsync(first!);
        await page.Locator("#expression").FillAsync("*");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator("#rows .row-data")).ToHaveTextAsync(["film", "book 2", "book 1"]);

        await page.Locator("#beginning").SelectOptionAsync("since");
        await page.Locator("#since").FillAsync(DateTime.Now.AddHours(-1).ToString("yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture));
        await page.Locator("#kind").SelectOptionAsync("match");
        await page.Locator("#expression").FillAsync("films/1");
        await page.Locator("#selection button").First.ClickAsync();
        await Expect(page.Locator("#rows .row-data")).ToHaveTextAsync(["film"]);
        watched.AssertClean();
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
    public async Task Whatever_a_stranger_publishes_is_shown_as_text_and_does_no_harm()
    {
        await using var host = await StartAsync();
        await using var watched = await browser.OpenAsync();
        var page = watched.Page;
        await OpenAsync(page, host);
        // A control character is refused by the hub itself.
        foreach (var text in HostileText.All.Where(text => text != "\0"))
        {
            await host.PublishAsync("hostile", text, "t");
            await Expect(page.Locator("#rows li").First.Locator(".row-data")).ToHaveTextAsync(text.Length > 512 ? text[..512] : text, new() { UseInnerText = false });
            await page.Locator("#rows li").First.Locator("button").ClickAsync();
            await Expect(page.Locator("#inspected")).ToBeFocusedAsync();
            await page.Locator("#close").ClickAsync();
        }
        foreach (var topic in (string[])[HostileText.Script, HostileText.Style, new string('t', 1000)]) await host.PublishAsync(topic, "x", topic.Length > 900 ? null : topic);
        await Expect(page.Locator("#topic-rows tr")).ToHaveCountAsync(4);
        await page.SetViewportSizeAsync(320, 800);
        await HostileText.AssertHarmlessAsync(page);
        watched.AssertClean();
    }

    [Fact]
    public async Task Of_many_events_500_rows_are_kept_and_a_pause_holds_what_comes()
    {
        await using var host = await StartAsync();
        await using var watched = await browser.OpenAsync();
        var page = watched.Page;
        await OpenAsync(page, host);
        for (var i = 1; i <= 600; i++) await host.PublishAsync("many", $"event {i}");
        await Expect(page.Locator("#rows li").First).ToContainTextAsync("event 600");
        await Expect(page.Locator("#rows li")).ToHaveCountAsync(500);

        await page.GetByRole(AriaRole.Button, new() { Name = "Pause" }).ClickAsync();
        await host.PublishAsync("many", "event 601");
        await Expect(page.Locator("#summary")).ToHaveTextAsync("Paused, with all figures of this page. Received since: 1. Shown: 500. Received: 601.");
        await Expect(page.Locator("#rows li").First).ToContainTextAsync("event 600");
        for (var i = 602; i <= 1200; i++) await host.PublishAsync("many", $"event {i}");
        await Expect(page.Locator("#summary")).ToContainTextAsync("Received: 1,200.");
        await page.GetByRole(AriaRole.Button, new() { Name = "Go on" }).ClickAsync();
        await Expect(page.Locator("#rows li").First).ToContainTextAsync("event 1200");
        // Also those that no row was made for.
        await Expect(page.Locator("#topic-rows td").First).ToHaveTextAsync("1,200");
        await Expect(page.Locator("#rows li")).ToHaveCountAsync(500);
        watched.AssertClean();
    }

    [Fact]
    public async Task Of_two_events_with_one_ID_each_is_inspected_and_the_last_choice_counts()
    {
        await using var host = await StartAsync();
        await using var watched = await browser.OpenAsync();
        var page = watched.Page;
        await OpenAsync(page, host);
        await host.PublishAsync("a", "first", id: "mine");
        await host.PublishAsync("a", "second", id: "mine");
        await page.Locator("#rows button").First.ClickAsync();
        await Expect(page.Locator("#event-data")).ToHaveTextAsync("second");
        await Expect(page.Locator("#event-id")).ToHaveTextAsync("mine");

        // The first answer is late: who has chosen another meanwhile sees that one.
        var held = new TaskCompletionSource<IRoute>();
        await page.RouteAsync("**/api/event?*", route => held.TrySetResult(route) ? Task.CompletedTask : route.ContinueAsync());
        await page.Locator("#rows button").Last.ClickAsync();
        var late = await held.Task;
        await page.Locator("#rows button").First.FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator("#inspected")).ToBeFocusedAsync();
        var answered = page.WaitForRequestFinishedAsync(new() { Predicate = request => request == late.Request });
        await late.ContinueAsync();
        await answered;
        await Expect(page.Locator("#event-data")).ToHaveTextAsync("second");
        watched.AssertClean();
    }

    [Fact]
    public async Task Arrows_lead_from_event_to_event_and_one_that_goes_leaves_the_focus_in_the_list()
    {
        await using var host = await StartAsync();
        await using var watched = await browser.OpenAsync();
        var page = watched.Page;
        await OpenAsync(page, host);
        for (var i = 1; i <= 500; i++) await host.PublishAsync("many", $"event {i}");
        await Expect(page.Locator("#rows li")).ToHaveCountAsync(500);

        await page.Locator("#clear").FocusAsync();
        // The list itself, which scrolls, and in it the newest.
        await page.Keyboard.PressAsync("Tab");
        await page.Keyboard.PressAsync("Tab");
        await Expect(page.Locator("#rows button").First).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("ArrowDown");
        await Expect(page.Locator("#rows button").Nth(1)).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("ArrowUp");
        await page.Keyboard.PressAsync("ArrowUp");
        await Expect(page.Locator("#rows button").First).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("End");
        await Expect(page.Locator("#rows button").Last).ToBeFocusedAsync();
        await host.PublishAsync("many", "event 501");
        await Expect(page.Locator("#rows li").First).ToContainTextAsync("event 501");
        await Expect(page.Locator("#rows button").Last).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Tab");
        await Expect(page.Locator("#rows button:focus")).ToHaveCountAsync(0);
        watched.AssertClean();
    }

    [Theory]
    [InlineData(4_000)]
    [InlineData(200_000)]
    public async Task Deep_JSON_is_shown_as_it_is(int depth)
    {
        await using var host = await StartAsync();
        await using var watched = await browser.OpenAsync();
        var page = watched.Page;
        await OpenAsync(page, host);
        var data = new string('[', depth) + new string(']', depth);
        await host.PublishAsync("a", data);
        await page.Locator("#rows button").ClickAsync();
        await Expect(page.Locator("#event-data")).ToHaveTextAsync(data);
        watched.AssertClean();
    }

    [Fact]
    public async Task Selection_that_cannot_be_is_told_in_a_sentence()
    {
        await using var host = await StartAsync();
        await using var watched = await browser.OpenAsync();
        var page = watched.Page;
        await OpenAsync(page, host);
        await page.Locator("#kind").SelectOptionAsync("match");
        foreach (var topic in (string[])["a\u200F", new string('é', 1500)])
        {
            await page.Locator("#expression").FillAsync("b");
            await page.Locator("#selection button").First.ClickAsync();
            await Expect(page.Locator("connection-state")).ToHaveAttributeAsync("data-state", "open");
            await page.Locator("#expression").FillAsync(topic);
            await page.Locator("#selection button").First.ClickAsync();
            await Expect(page.Locator("#summary")).ToContainTextAsync("Refused: ");
            await Expect(page.Locator("connection-state")).ToHaveAttributeAsync("data-state", "closed");
        }
        await page.Locator("#expression").FillAsync("b");
        await page.Locator("#beginning").SelectOptionAsync("since");
        await page.Locator("#since").EvaluateAsync("(since) => { since.value = '20000-01-01T00:00:00'; }");
        await page.Locator("#selection button").First.ClickAsync();
        await Expect(page.Locator("#summary")).ToContainTextAsync("Refused: ");
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
    public async Task Stream_that_is_refused_is_asked_for_when_the_hub_says_and_not_with_every_look()
    {
        await using var host = await StartAsync();
        await using var watched = await browser.OpenAsync();
        var page = watched.Page;
        var asked = 0;
        await page.RouteAsync("**/api/events?*", route =>
        {
            asked++;
            return route.FulfillAsync(new() { Status = 429, Headers = [new("Retry-After", "600")] });
        });
        await page.GotoAsync(new Uri(host.Address, "/dashboard/").AbsoluteUri);
        await Expect(page.Locator("connection-state")).ToHaveAttributeAsync("data-state", "retrying");
        for (var looks = 0; looks < 3; looks++) await page.WaitForResponseAsync("**/api/connections");
        Assert.Equal(1, asked);
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

    private static Task<SampleHost> StartAsync(string data = FonteOptions.InMemory, string urls = "http://127.0.0.1:0", DashboardAccess access = DashboardAccess.Anyone) => SampleHost.StartAsync(
        services => services.AddFonte(options =>
        {
            options.Resource = TestToken.Resource;
            options.Issuers.Add(new() { Issuer = TestToken.Issuer, Secret = TestToken.Secret });
            options.ReconnectionTime = TimeSpan.FromMilliseconds(500);
        }),
        app => app.MapFonteDashboard(access: access),
        data,
        urls);

    private static async Task OpenAsync(IPage page, SampleHost host)
    {
        await page.GotoAsync(new Uri(host.Address, "/dashboard/").AbsoluteUri);
        await Expect(page.Locator("connection-state")).ToHaveAttributeAsync("data-state", "open");
    }
}
