using System.Globalization;
using Microsoft.Playwright;
using Xunit;
using static Fonte.Browser.Tests.Browser.DashboardHost;
using static Microsoft.Playwright.Assertions;

namespace Fonte.Browser.Tests.Browser;

/// <summary>The dashboard's list of events: what is selected, shown and inspected.</summary>
public sealed class DashboardEventsTests(SharedBrowser browser)
{
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
}
