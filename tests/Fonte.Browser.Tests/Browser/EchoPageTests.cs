using System.Text.RegularExpressions;
using Fonte.Browser.Tests.Demo;
using Fonte.Browser.Tests.Samples;
using Fonte.Samples.Echo;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace Fonte.Browser.Tests.Browser;

public sealed partial class EchoPageTests(SharedBrowser browser)
{
    [Fact]
    public async Task Two_windows_of_a_browser_share_what_comes_back_and_another_browser_sees_nothing_of_it()
    {
        await using var host = await StartAsync();
        await using var first = await OpenAsync(host);
        await using var stranger = await OpenAsync(host);
        var second = new WatchedPage(await first.Page.Context.NewPageAsync());
        await GoAsync(second.Page, host);

        await SendAsync(first.Page, "from the first");
        await Expect(second.Page.Locator("#rows li")).ToHaveTextAsync(["No. 1sent earlier or from another windowfrom the first"]);
        await Expect(first.Page.Locator("#rows li")).ToHaveTextAsync([RoundTrip()]);
        await Expect(first.Page.Locator("#text")).ToHaveValueAsync("");
        await SendAsync(second.Page, "from the second");
        await Expect(first.Page.Locator("#rows li").First).ToHaveTextAsync("No. 2sent earlier or from another windowfrom the second");
        await SendAsync(stranger.Page, "mine");
        await Expect(stranger.Page.Locator("#rows .text")).ToHaveTextAsync(["mine"]);
        await Expect(first.Page.Locator("#rows .text")).ToHaveTextAsync(["from the second", "from the first"]);

        // Who opens the page again has what was there.
        await second.Page.ReloadAsync();
        await Expect(second.Page.Locator("#rows .text")).ToHaveTextAsync(["from the second", "from the first"]);
        foreach (var watched in (WatchedPage[])[first, second, stranger]) watched.AssertClean();
    }

    [Fact]
    public async Task Any_text_comes_back_as_it_was_and_runs_nothing()
    {
        await using var host = await StartAsync();
        await using var watched = await OpenAsync(host, "pt-BR");
        var page = watched.Page;
        foreach (var text in (string[])[HostileText.Script, HostileText.Style, HostileText.RightToLeft, "  two\n lines\t", "😀 \u2028 é", "{\"number\":9}"])
        {
            await SendAsync(page, text);
            await Expect(page.Locator("#text")).ToHaveValueAsync("");
            await Expect(page.Locator("#rows li").First.Locator(".took")).Not.ToHaveTextAsync("enviado antes ou por outra janela");
            Assert.Equal(text, await page.Locator("#rows .text").First.TextContentAsync());
        }

        var most = new string('x', EchoText.MostBytes);
        await SendAsync(page, most);
        await Expect(page.Locator("#rows summary")).ToHaveTextAsync("Um texto de 65.536 caracteres");
        await page.Locator("#rows summary").PressAsync("Enter");
        await Expect(page.Locator("#rows details .text")).ToBeVisibleAsync();
        Assert.Equal(most, await page.Locator("#rows details .text").TextContentAsync());
        await HostileText.AssertHarmlessAsync(page);
        watched.AssertClean();
    }

    [Fact]
    public async Task Text_that_is_too_long_is_refused_in_a_sentence_and_stays()
    {
        await using var host = await StartAsync();
        await using var watched = await OpenAsync(host);
        await SendAsync(watched.Page, HostileText.Large);
        await Expect(watched.Page.Locator("#answer")).ToHaveTextAsync("A text has at most 64 KiB, and this has 1,048,576 bytes.");
        await Expect(watched.Page.Locator("#text")).ToHaveValueAsync(HostileText.Large);
        await Expect(watched.Page.Locator("#rows li")).ToHaveCountAsync(0);
        watched.AssertClean();
    }

    [Fact]
    public async Task Server_that_is_away_keeps_the_text_here_and_each_echo_is_there_once_when_it_is_back()
    {
        var folder = Directory.CreateTempSubdirectory("fonte-echo-");
        try
        {
            var host = await StartAsync(folder.FullName, FreePort.Address());
            await using var watched = await OpenAsync(host);
            var page = watched.Page;
            await SendAsync(page, "before");
            await Expect(page.Locator("#rows .text")).ToHaveTextAsync(["before"]);
            await host.DisposeAsync();
            await SendAsync(page, "while it is away");
            await Expect(page.Locator("#answer")).ToContainTextAsync("The server does not answer");
            await Expect(page.Locator("#text")).ToHaveValueAsync("while it is away");

            await using var again = await StartAsync(folder.FullName, host.Address.OriginalString);
            await Expect(page.Locator("connection-state")).ToHaveTextAsync("open");
            await page.Locator("#text").PressAsync("Control+Enter");
            await Expect(page.Locator("#rows .text")).ToHaveTextAsync(["while it is away", "before"]);
            await Expect(page.Locator("#received")).ToHaveTextAsync("2");
            await Expect(page.Locator("#rows .number")).ToHaveTextAsync(["No. 2", "No. 1"]);
            await page.ReloadAsync();
            await Expect(page.Locator("#rows .number")).ToHaveTextAsync(["No. 2", "No. 1"]);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task Text_whose_answer_is_lost_is_sent_again_under_its_key_and_comes_back_once()
    {
        await using var host = await StartAsync();
        await using var watched = await OpenAsync(host);
        var page = watched.Page;
        var keys = new List<string>();
        page.Request += (_, request) =>
        {
            if (request.Headers.TryGetValue("idempotency-key", out var key)) keys.Add(key);
        };
        // Lost on the way: whether it was sent, the page cannot know.
        await page.RouteAsync("**/echo/", route => route.AbortAsync(), new() { Times = 1 });
        await SendAsync(page, "perhaps");
        await Expect(page.Locator("#answer")).ToContainTextAsync("perhaps it was not sent");
        await SendAsync(page, "perhaps");
        await Expect(page.Locator("#text")).ToHaveValueAsync("");
        await Expect(page.Locator("#answer")).ToBeEmptyAsync();
        await SendAsync(page, "perhaps");
        await Expect(page.Locator("#rows .text")).ToHaveTextAsync(["perhaps", "perhaps"]);
        Assert.Equal(3, keys.Count);
        Assert.Equal(keys[0], keys[1]);
        Assert.NotEqual(keys[1], keys[2]);
    }

    [Fact]
    public async Task Answer_that_is_lost_does_not_matter_when_the_text_has_come_back()
    {
        await using var host = await StartAsync();
        await using var watched = await OpenAsync(host);
        var page = watched.Page;
        await page.RouteAsync("**/echo/", async route =>
        {
            await route.FetchAsync();
            await Expect(page.Locator("#rows .text")).ToHaveTextAsync(["once"]);
            await route.AbortAsync();
        }, new() { Times = 1 });
        var failed = page.WaitForRequestAsync("**/echo/");
        await SendAsync(page, "once");
        await failed;
        await Expect(page.Locator("#text")).ToHaveValueAsync("");
        await Expect(page.Locator("#answer")).ToBeEmptyAsync();
    }

    [Fact]
    public async Task Numbers_begin_anew_with_a_log_that_does()
    {
        var urls = FreePort.Address();
        await using var watched = await browser.OpenAsync();
        var page = watched.Page;
        await using (var host = await StartAsync(urls: urls))
        {
            await GoAsync(page, host);
            await SendAsync(page, "one");
            await SendAsync(page, "two");
            await Expect(page.Locator("#rows .number")).ToHaveTextAsync(["No. 2", "No. 1"]);
        }
        await using var again = await StartAsync(urls: urls);
        await Expect(page.Locator("connection-state")).ToHaveAttributeAsync("data-state", "gap");
        await SendAsync(page, "three");
        await Expect(page.Locator("#rows .number")).ToHaveTextAsync(["No. 1"]);
        await Expect(page.Locator("#received")).ToHaveTextAsync("1");
    }

    [Fact]
    public async Task Session_that_could_not_begin_or_was_lost_begins_when_it_can()
    {
        await using var host = await StartAsync();
        await using var watched = await browser.OpenAsync();
        var page = watched.Page;
        await page.RouteAsync("**/echo/session", route => route.AbortAsync(), new() { Times = 1 });
        await GoAsync(page, host);
        await SendAsync(page, "first");
        await Expect(page.Locator("#rows .text")).ToHaveTextAsync(["first"]);
        await page.Context.ClearCookiesAsync();
        await SendAsync(page, "after the cookie was deleted");
        await Expect(page.Locator("#text")).ToHaveValueAsync("");
        await Expect(page.Locator("#answer")).ToBeEmptyAsync();
    }

    [Fact]
    public async Task Key_that_is_held_sends_once()
    {
        await using var host = await StartAsync();
        await using var watched = await OpenAsync(host);
        var page = watched.Page;
        var posts = 0;
        page.Request += (_, request) => posts += request.Method == "POST" ? 1 : 0;
        await page.Locator("#text").FillAsync("held");
        await page.Locator("#text").FocusAsync();
        await page.Keyboard.DownAsync("Control");
        for (var n = 0; n < 5; n++) await page.Keyboard.DownAsync("Enter");
        await page.Keyboard.UpAsync("Enter");
        await page.Keyboard.UpAsync("Control");
        await Expect(page.Locator("#rows .text")).ToHaveTextAsync(["held"]);
        await Expect(page.Locator("#text")).ToHaveValueAsync("");
        Assert.Equal(1, posts);
    }

    private static Task<SampleHost> StartAsync(string data = FonteOptions.InMemory, string urls = "http://127.0.0.1:0") =>
        SampleHost.StartAsync(add: null, app => app.MapEcho(), data, urls);

    private async Task<WatchedPage> OpenAsync(SampleHost host, string locale = "en-GB")
    {
        var watched = await browser.OpenAsync(locale);
        await GoAsync(watched.Page, host);
        return watched;
    }

    private static async Task GoAsync(IPage page, SampleHost host)
    {
        await page.GotoAsync(new Uri(host.Address, "/echo/").AbsoluteUri);
        await Expect(page.Locator("connection-state")).ToHaveAttributeAsync("data-state", "open");
    }

    private static async Task SendAsync(IPage page, string text)
    {
        await page.Locator("#text").FillAsync(text);
        await page.Locator("#form button").ClickAsync();
    }

    [GeneratedRegex(@"^No\. 1[\d.,]+ msfrom the first$")]
    private static partial Regex RoundTrip();
}
