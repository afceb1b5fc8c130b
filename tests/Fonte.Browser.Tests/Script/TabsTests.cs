using System.Collections.Concurrent;
using System.Globalization;
using Fonte.Browser.Tests.Browser;
using Fonte.Browser.Tests.Demo;
using Microsoft.Playwright;
using Xunit;

namespace Fonte.Browser.Tests.Script;

/// <summary>Tabs of one browser at one hub, over HTTP/1.1, of which a browser opens six connections to a host.</summary>
public sealed class TabsTests(SharedDemo demo, SharedBrowser browser)
{
    private const int Connections = 6;
    private readonly string _topic = "tabs-" + Guid.NewGuid().ToString("N");

    private string Url => "/.well-known/mercure?match=" + _topic;

    [Fact]
    public async Task Of_ten_tabs_with_an_EventSource_the_seventh_waits_until_another_is_closed()
    {
        await using var watched = await browser.OpenAsync();
        var pages = await PagesAsync(watched, 10);
        foreach (var page in pages[..Connections]) await page.EvaluateAsync("(url) => new Promise((opened) => { window.source = new EventSource(url); source.onopen = opened; source.onmessage = ({ data }) => { window.data = data; }; })", Url);
        foreach (var page in pages[Connections..]) await page.EvaluateAsync("(url) => { window.source = new EventSource(url); }", Url);
        await demo.PublishAsync(_topic, "for six");
        foreach (var page in pages[..Connections]) await page.WaitForFunctionAsync("window.data === 'for six'");
        foreach (var page in pages[Connections..]) Assert.Equal(0, await page.EvaluateAsync<int>("source.readyState"));

        await pages[0].EvaluateAsync("source.close()");
        await pages[Connections].WaitForFunctionAsync("source.readyState === 1");
    }

    [Fact]
    public async Task Of_ten_tabs_with_the_module_all_receive_every_event_once_also_when_the_leader_is_closed()
    {
        await using var watched = await browser.OpenAsync();
        var pages = await PagesAsync(watched, 10);
        var streams = Streams(watched);
        var sources = await OpenAsync(pages);
        Assert.Same(pages[0], Assert.Single(streams));

        await PublishAsync(0, 100);
        var publishing = PublishAsync(100, 300);
        await sources[1].DataUntilAsync("150");
        await pages[0].CloseAsync();
        await publishing;
        foreach (var source in sources[1..]) Assert.Equal(Numbers(300), await source.DataUntilAsync("299"));
        Assert.Equal(2, streams.Count);
        watched.AssertClean();
    }

    [Fact]
    public async Task Leader_that_crashes_is_succeeded_and_nothing_is_lost_or_doubled()
    {
        await using var watched = await browser.OpenAsync();
        var pages = await PagesAsync(watched, 3);
        var sources = await OpenAsync(pages);
        var crashed = new TaskCompletionSource();
        pages[0].Crash += (_, _) => crashed.SetResult();
        var devTools = await pages[0].Context.NewCDPSessionAsync(pages[0]);

        var publishing = PublishAsync(0, 200);
        await sources[1].DataUntilAsync("50");
        _ = devTools.SendAsync("Page.crash");
        await crashed.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        await publishing;
        foreach (var source in sources[1..]) Assert.Equal(Numbers(200), await source.DataUntilAsync("199"));
    }

    [Fact]
    public async Task Leader_that_is_frozen_is_succeeded_and_has_every_event_once_when_it_wakes()
    {
        await using var watched = await browser.OpenAsync();
        var pages = await PagesAsync(watched, 3);
        var sources = await OpenAsync(pages);
        var streams = Streams(watched);
        await PublishAsync(0, 10);
        await sources[0].DataUntilAsync("9");

        await FreezeAsync(sources[0]);
        await PublishAsync(10, 50);
        foreach (var source in sources[1..]) await source.DataUntilAsync("49");
        Assert.Same(pages[1], Assert.Single(streams));
        Assert.Equal(Numbers(10), await sources[0].DataAsync());
        var publishing = PublishAsync(50, 150);
        await WakeAsync(sources[0]);
        await publishing;
        foreach (var source in sources) Assert.Equal(Numbers(150), await source.DataUntilAsync("149"));
    }

    [Fact]
    public async Task Page_that_is_left_and_gone_back_to_has_every_event_once()
    {
        await using var watched = await browser.OpenAsync();
        var source = await PageSource.OpenAsync((await PagesAsync(watched, 1))[0], Url);
        await PublishAsync(0, 10);
        await source.DataUntilAsync("9");
        await watched.Page.EvaluateAsync("addEventListener('pageshow', ({ persisted }) => { window.wasKept = persisted; })");
        await watched.Page.GotoAsync(new Uri(demo.Address, "/healthz").AbsoluteUri);
        await PublishAsync(10, 20);

        await watched.Page.GoBackAsync(new() { WaitUntil = WaitUntilState.Commit });
        Assert.True(await watched.Page.EvaluateAsync<bool>("window.wasKept"));
        Assert.Equal(Numbers(20), await source.DataUntilAsync("19"));
    }

    [Fact]
    public async Task Tab_that_wakes_among_tabs_that_it_has_never_met_goes_on_alone_and_misses_nothing()
    {
        await using var watched = await browser.OpenAsync();
        var pages = await PagesAsync(watched, 3);
        var streams = Streams(watched);
        var first = await PageSource.OpenAsync(pages[0], Url);
        await PublishAsync(0, 10);
        await first.DataUntilAsync("9");
        await FreezeAsync(first);
        var others = await OpenAsync(pages[1..]);
        await PublishAsync(10, 20);
        foreach (var other in others) await other.DataUntilAsync("19");

        await WakeAsync(first);
        await PublishAsync(20, 30);
        Assert.Equal(Numbers(30), await first.DataUntilAsync("29"));
        foreach (var other in others) Assert.Equal(Numbers(30)[10..], await other.DataUntilAsync("29"));
        Assert.Equal([pages[0], pages[1], pages[0]], streams);
    }

    [Fact]
    public async Task Tabs_that_come_and_go_and_freeze_and_wake_at_random_never_see_a_gap_or_an_event_twice()
    {
        var random = new Random(1);
        await using var watched = await browser.OpenAsync();
        var sources = new List<PageSource>(await OpenAsync(await PagesAsync(watched, 4)));
        var context = watched.Page.Context;
        var frozen = new List<PageSource>();
        var count = 0;
        for (var step = 0; step < 20; step++)
        {
            var publishing = PublishAsync(count, count += 20);
            var awake = sources.Except(frozen).ToList();
            var any = awake[random.Next(awake.Count)];
            if (random.Next(3) == 0 && awake.Count > 1)
            {
                await FreezeAsync(any);
                frozen.Add(any);
            }
            else if (random.Next(2) == 0 && frozen.Count > 0)
            {
                await WakeAsync(frozen[0]);
                frozen.RemoveAt(0);
            }
            else
            {
                sources.Remove(any);
                await any.Page.CloseAsync();
                var page = await context.NewPageAsync();
                await GotoAsync(page);
                sources.Add(await PageSource.OpenAsync(page, Url));
            }
            await publishing;
        }
        foreach (var source in frozen) await WakeAsync(source);
        await PublishAsync(count, ++count);
        foreach (var source in sources)
        {
            var data = await source.DataUntilAsync(Text(count - 1));
            Assert.Equal(Numbers(count)[int.Parse(data[0], CultureInfo.InvariantCulture)..], data);
        }
    }

    [Fact]
    public async Task Leader_that_hangs_is_relieved_and_has_every_event_once_when_it_goes_on()
    {
        await using var watched = await browser.OpenAsync();
        var pages = await PagesAsync(watched, 2);
        var leader = await PageSource.OpenAsync(pages[0], Url, "{ silence: 1000 }");
        var other = await PageSource.OpenAsync(pages[1], Url, "{ silence: 1000 }");
        var streams = Streams(watched);

        await pages[0].EvaluateAsync("setTimeout(() => { const end = performance.now() + 5_000; while (performance.now() < end); window.hasHung = true; })");
        await PublishAsync(0, 10);
        Assert.Equal(Numbers(10), await other.DataUntilAsync("9"));
        Assert.Contains(pages[1], streams);
        await pages[0].WaitForFunctionAsync("window.hasHung");
        await PublishAsync(10, 20);
        foreach (var source in new[] { leader, other }) Assert.Equal(Numbers(20), await source.DataUntilAsync("19"));
    }

    [Fact]
    public async Task Tab_that_comes_while_the_leader_hangs_goes_on_alone_and_the_others_go_on_sharing()
    {
        await using var watched = await browser.OpenAsync();
        var pages = await PagesAsync(watched, 3);
        var streams = Streams(watched);
        var leader = await PageSource.OpenAsync(pages[0], Url);
        var other = await PageSource.OpenAsync(pages[1], Url);
        await PublishAsync(0, 10);
        await other.DataUntilAsync("9");

        // It hangs until it is let go, by what it asks for in vain meanwhile.
        var release = "release-" + Guid.NewGuid().ToString("N");
        await pages[0].EvaluateAsync(
            """
            (release) => setTimeout(() => {
              const request = new XMLHttpRequest();
              do {
                request.open('GET', `/fonte/poll?match=${release}&last_event_id=earliest`, false);
                request.send();
              } while (JSON.parse(request.responseText).events.length === 0);
            })
            """,
            release);
        var late = await PageSource.OpenAsync(pages[2], Url, "{ silence: 500 }");
        await PublishAsync(10, 20);

        Assert.Equal(Numbers(20)[10..], await late.DataUntilAsync("19"));
        await demo.PublishAsync(release, "go on");
        foreach (var source in new[] { leader, other }) Assert.Equal(Numbers(20), await source.DataUntilAsync("19"));
        Assert.Equal([pages[0], pages[2]], streams.Distinct());
    }

    [Fact]
    public async Task Tab_that_comes_later_gets_what_comes_from_then_on_and_one_that_begins_elsewhere_has_a_stream_of_its_own()
    {
        await using var watched = await browser.OpenAsync();
        var pages = await PagesAsync(watched, 4);
        var streams = Streams(watched);
        var first = await PageSource.OpenAsync(pages[0], Url);
        await demo.PublishAsync(_topic, "before");
        await first.DataUntilAsync("before");
        var later = await PageSource.OpenAsync(pages[1], Url);
        var whole = await PageSource.OpenAsync(pages[2], Url, "{ lastEventId: 'earliest' }");
        var apart = await PageSource.OpenAsync(pages[3], Url, "{ share: false }");
        await demo.PublishAsync(_topic, "after");

        Assert.Equal(["after"], await later.DataUntilAsync("after"));
        Assert.Equal(["before", "after"], await whole.DataUntilAsync("after"));
        Assert.Equal(["after"], await apart.DataUntilAsync("after"));
        Assert.Equal([pages[0], pages[2], pages[3]], streams);
    }

    [Fact]
    public async Task Server_that_is_killed_and_started_again_costs_no_tab_an_event()
    {
        var folder = Directory.CreateTempSubdirectory("fonte-script-");
        try
        {
            await using var first = await DemoProcess.StartAsync("--urls", FreePort.Address(), "--data", folder.FullName, "--dev");
            await using var watched = await browser.OpenAsync();
            var pages = await PagesAsync(watched, 3, first.Address);
            var sources = await OpenAsync(pages);
            using var http = new HttpClient { BaseAddress = first.Address };
            await PublishAsync(0, 20, http);
            await sources[1].DataUntilAsync("19");
            await first.KillAsync();
            foreach (var source in sources) await source.UntilStateAsync("retrying");

            await using var second = await DemoProcess.StartAsync("--urls", first.Address.OriginalString, "--data", folder.FullName, "--dev");
            await PublishAsync(20, 40, http);
            foreach (var source in sources) Assert.Equal(Numbers(40), await source.DataUntilAsync("39"));
            foreach (var source in sources) Assert.Empty(await source.EvaluateAsync<string[]>("gaps"));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>Tabs of one browser, with nothing on them that would take a connection.</summary>
    private async Task<IPage[]> PagesAsync(WatchedPage watched, int count, Uri? address = null)
    {
        var pages = new IPage[count];
        for (var index = 0; index < count; index++)
        {
            pages[index] = index == 0 ? watched.Page : await watched.Page.Context.NewPageAsync();
            await GotoAsync(pages[index], address);
        }
        return pages;
    }

    private async Task GotoAsync(IPage page, Uri? address = null) => await page.GotoAsync(new Uri(address ?? demo.Address, "/fonte/fonte.js").AbsoluteUri);

    private async Task<PageSource[]> OpenAsync(IPage[] pages)
    {
        var sources = new List<PageSource>();
        foreach (var page in pages) sources.Add(await PageSource.OpenAsync(page, Url));
        return [.. sources];
    }

    // What a page is told. Chromium without a window does not freeze pages, also when it is asked to.
    private static async Task FreezeAsync(PageSource source) => await source.Page.EvaluateAsync("document.dispatchEvent(new Event('freeze'))");

    private static async Task WakeAsync(PageSource source) => await source.Page.EvaluateAsync("document.dispatchEvent(new Event('resume'))");

    /// <summary>The pages that have asked for the stream, in this order.</summary>
    private static ConcurrentQueue<IPage> Streams(WatchedPage watched)
    {
        var pages = new ConcurrentQueue<IPage>();
        watched.Page.Context.Request += (_, request) =>
        {
            if (request.Url.Contains("mercure?", StringComparison.Ordinal)) pages.Enqueue(request.Frame.Page);
        };
        return pages;
    }

    private async Task PublishAsync(int from, int to, HttpClient? http = null)
    {
        for (var number = from; number < to; number++)
        {
            using var form = new FormUrlEncodedContent([new("topic", _topic), new("data", Text(number))]);
            using var response = await (http ?? demo.Http).PostAsync(new Uri("/.well-known/mercure", UriKind.Relative), form, TestContext.Current.CancellationToken);
            Assert.True(response.IsSuccessStatusCode, $"Publishing answered {(int)response.StatusCode}.");
        }
    }

    private static string[] Numbers(int count) => [.. Enumerable.Range(0, count).Select(Text)];

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
