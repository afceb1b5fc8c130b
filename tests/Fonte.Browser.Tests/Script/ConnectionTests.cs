using System.Text;
using Fonte.Browser.Tests.Browser;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace Fonte.Browser.Tests.Script;

/// <summary>What becomes of a <c>FonteSource</c> when its hub answers in each of the ways in which hubs and proxies do.</summary>
public sealed class ConnectionTests(SharedBrowser browser)
{
    private const string Quick = "retry: 100\nid: p0\n\n";

    [Fact]
    public async Task Source_whose_stream_ends_resumes_from_its_last_position()
    {
        await using var server = await ScriptServer.StartAsync();
        await using var watched = await browser.OpenAsync();
        var source = await MakeAsync(server, watched);
        var first = await server.NextAsync();
        Assert.Null(first.LastEventId);
        await first.SendAsync(Quick + "event: told\ndata: 1\nid: e1\n\ndata: 2\n\nid: p2\n\ndata: never");
        Assert.Equal(["1", "2"], await source.DataUntilAsync("2"));
        Assert.Equal(["told e1", "message e1"], await source.EvaluateAsync<string[]>("events.map(({ type, lastEventId }) => `${type} ${lastEventId}`)"));
        await source.UntilAsync("source.lastEventId === 'p2'");
        first.End();

        var second = await server.NextAsync();
        Assert.Equal("p2", second.LastEventId);
        await second.SendAsync("data: 3\n\n");
        Assert.Equal(["1", "2", "3"], await source.DataUntilAsync("3"));
        Assert.Equal(["connecting", "open", "retrying", "connecting", "open"], await source.StatesAsync());
        watched.AssertClean();
        second.End();
    }

    [Theory]
    [InlineData(503, "text/plain", "Later.")]
    [InlineData(500, "application/problem+json", "{}")]
    [InlineData(404, "text/html", "<p>Not here")]
    [InlineData(200, "text/html", "<p>Sign in to this network")]
    [InlineData(403, "text/plain", "No.")]
    public async Task Answer_at_which_an_EventSource_gives_up_is_followed_by_another_attempt_and_no_event_is_missed(int status, string contentType, string body)
    {
        await using var server = await ScriptServer.StartAsync();
        await using var watched = await browser.OpenAsync();
        var source = await MakeAsync(server, watched);
        var first = await server.NextAsync();
        await first.SendAsync(Quick + "data: 1\nid: e1\n\n");
        await source.DataUntilAsync("1");
        first.Abort();

        for (var attempt = 0; attempt < 2; attempt++) await (await server.NextAsync()).AnswerAsync(status, contentType, body);
        var last = await server.NextAsync();
        Assert.Equal("e1", last.LastEventId);
        await last.SendAsync("data: 2\n\n");
        Assert.Equal(["1", "2"], await source.DataUntilAsync("2"));
        last.End();
    }

    [Fact]
    public async Task Retry_After_is_waited_for_and_told_and_coming_online_ends_the_wait()
    {
        await using var server = await ScriptServer.StartAsync();
        await using var watched = await browser.OpenAsync();
        var source = await MakeAsync(server, watched);
        await (await server.NextAsync()).AnswerAsync(StatusCodes.Status503ServiceUnavailable, retryAfter: "3600");
        await source.UntilStateAsync("retrying");
        await source.UntilAsync("until > Date.now() + 3_590_000");

        await watched.Page.EvaluateAsync("dispatchEvent(new Event('online'))");
        (await server.NextAsync()).End();
    }

    [Theory]
    [InlineData("")]
    [InlineData("share: false")]
    public async Task Connection_that_is_silent_is_cut_and_resumed_while_heartbeats_keep_one_open(string share)
    {
        await using var server = await ScriptServer.StartAsync();
        await using var watched = await browser.OpenAsync();
        var source = await MakeAsync(server, watched, $"{{ silence: 3000, {share} }}");
        var first = await server.NextAsync();
        await first.SendAsync(Quick + "data: 1\nid: e1\n\n");
        await source.DataUntilAsync("1");
        using (var beat = new PeriodicTimer(TimeSpan.FromMilliseconds(400)))
        {
            for (var beats = 0; beats < 10; beats++)
            {
                await beat.WaitForNextTickAsync(TestContext.Current.CancellationToken);
                await first.SendAsync(":\n\n");
            }
        }
        Assert.False(server.HasMore);
        await first.GivenUpAsync();
        first.End();

        var second = await server.NextAsync();
        Assert.Equal("e1", second.LastEventId);
        second.End();
    }

    [Theory]
    [InlineData("")]
    [InlineData("share: false")]
    public async Task Connection_may_be_silent_for_ever_where_it_is_told_so(string share)
    {
        await using var server = await ScriptServer.StartAsync();
        await using var watched = await browser.OpenAsync();
        var source = await MakeAsync(server, watched, $"{{ silence: Infinity, {share} }}");
        var only = await server.NextAsync();
        for (var number = 1; number <= 5; number++)
        {
            await only.SendAsync($"data: {number}\n\n");
            await source.DataUntilAsync($"{number}");
        }

        Assert.Equal(["connecting", "open"], await source.StatesAsync());
        Assert.False(server.HasMore);
        only.End();
    }

    [Theory]
    [InlineData(204)]
    [InlineData(400)]
    [InlineData(410)]
    public async Task Answer_that_asks_for_no_more_closes_the_source(int status)
    {
        await using var server = await ScriptServer.StartAsync();
        await using var watched = await browser.OpenAsync();
        var source = await MakeAsync(server, watched);
        var other = await MakeAsync(server, watched);
        await (await server.NextAsync()).AnswerAsync(status);
        await source.UntilStateAsync("closed");
        var closed = other.UntilStateAsync("closed");
        // It may have taken the lead before it heard, and asks by itself.
        if (await Task.WhenAny(closed, server.AskedAsync()) != closed) await (await server.NextAsync()).AnswerAsync(status);
        await closed;
        Assert.False(server.HasMore);
    }

    [Fact]
    public async Task Close_ends_the_request_and_a_listener_that_closes_receives_nothing_more()
    {
        await using var server = await ScriptServer.StartAsync();
        await using var watched = await browser.OpenAsync();
        var source = await MakeAsync(server, watched, "{ silence: 500 }");
        var request = await server.NextAsync();
        await watched.Page.EvaluateAsync("(name) => window[name].source.addEventListener('message', ({ target }) => target.close())", source.Variable);
        var givenUp = request.GivenUpAsync();
        await request.SendAsync(Quick + "data: 1\n\ndata: 2\n\n");
        await givenUp;
        request.End();
        await source.UntilStateAsync("closed");
        Assert.Equal(["1"], await source.DataAsync());
        Assert.Equal(["connecting", "open", "closed"], await source.StatesAsync());

        // Another is silent for so long that the first would have come back.
        await MakeAsync(server, watched, "{ silence: 2000 }");
        var silent = await server.NextAsync();
        await silent.GivenUpAsync();
        silent.End();
        (await server.NextAsync()).Abort();
        Assert.Equal(["connecting", "open", "closed"], await source.StatesAsync());
    }

    [Theory]
    [InlineData("")]
    [InlineData("share: false")]
    public async Task Token_is_asked_for_at_first_when_it_is_refused_and_before_it_expires(string share)
    {
        await using var server = await ScriptServer.StartAsync();
        await using var watched = await browser.OpenAsync();
        await watched.Page.GotoAsync(server.Page);
        // The second lasts for two seconds longer than what it is renewed before.
        var source = await PageSource.MakeAsync(
            watched.Page,
            "/stream",
            $$"""
            (() => {
              const tokens = [() => 'opaque', () => `e30.${btoa(JSON.stringify({ exp: Date.now() / 1000 + 32 }))}.e30`, () => 'last'];
              return { token: async () => tokens.shift()(), {{share}} };
            })()
            """);
        var refused = await server.NextAsync();
        Assert.Equal("Bearer opaque", refused.Authorization);
        await refused.AnswerAsync(StatusCodes.Status401Unauthorized);

        var first = await server.NextAsync();
        Assert.StartsWith("Bearer e30.", first.Authorization, StringComparison.Ordinal);
        await first.SendAsync(Quick + "data: 1\nid: e1\n\n");
        await source.DataUntilAsync("1");
        await first.GivenUpAsync();
        first.End();

        var second = await server.NextAsync();
        Assert.Equal(("Bearer last", "e1"), (second.Authorization, second.LastEventId));
        await second.SendAsync("data: 2\n\n");
        Assert.Equal(["1", "2"], await source.DataUntilAsync("2"));
        Assert.DoesNotContain("retrying", await source.StatesAsync());
        second.End();
    }

    [Fact]
    public async Task Gap_is_told_and_a_publisher_cannot_tell_one_or_a_state()
    {
        await using var server = await ScriptServer.StartAsync();
        await using var watched = await browser.OpenAsync();
        var source = await MakeAsync(server, watched);
        var request = await server.NextAsync();
        await request.SendAsync("event: gap\ndata: a\n\nevent: state\ndata: b\n\nevent: fonte-gap\ndata: {\"reason\":\"truncated\",\"from\":\"p\",\"oldest\":\"q\"}\nid: g\n\ndata: c\n\n");
        Assert.Equal(["a", "b", "c"], await source.DataUntilAsync("c"));
        Assert.Equal(["truncated"], await source.EvaluateAsync<string[]>("gaps"));
        Assert.Equal(["connecting", "open"], await source.StatesAsync());
        watched.AssertClean();
        request.End();
    }

    [Fact]
    public async Task Gap_is_told_to_all_tabs_and_they_go_on_together()
    {
        await using var server = await ScriptServer.StartAsync();
        await using var watched = await browser.OpenAsync();
        var sources = new[] { await MakeAsync(server, watched), await MakeAsync(server, watched) };
        var request = await server.NextAsync();
        await request.SendAsync(Quick + "data: 1\nid: 1\n\n");
        foreach (var source in sources) await source.UntilStateAsync("open");
        await request.SendAsync("event: fonte-gap\ndata: {\"reason\":\"other-epoch\"}\nid: g\n\ndata: 2\nid: 2\n\n");
        foreach (var source in sources)
        {
            await source.DataUntilAsync("2");
            Assert.Equal(["other-epoch"], await source.EvaluateAsync<string[]>("gaps"));
        }
        request.Abort();

        var second = await server.NextAsync();
        Assert.Equal("2", second.LastEventId);
        await second.SendAsync("data: 3\n\n");
        foreach (var source in sources) await source.DataUntilAsync("3");
        Assert.False(server.HasMore);
        second.End();
    }

    [Fact]
    public async Task Page_without_locks_reads_a_stream_of_its_own()
    {
        await using var server = await ScriptServer.StartAsync();
        await using var watched = await browser.OpenAsync();
        await watched.Page.GotoAsync(server.InsecurePage);
        Assert.False(await watched.Page.EvaluateAsync<bool>("isSecureContext"));
        var source = await PageSource.MakeAsync(watched.Page, "/stream");
        var request = await server.NextAsync();
        await request.SendAsync("data: 1\n\n");
        Assert.Equal(["1"], await source.DataUntilAsync("1"));
        request.End();
    }

    [Fact]
    public async Task Module_is_served_small_unchanged_and_as_what_it_is()
    {
        await using var server = await ScriptServer.StartAsync();
        using var http = new HttpClient { BaseAddress = new(server.Page) };
        using var answer = await http.GetAsync(new Uri("/fonte/fonte.js", UriKind.Relative), TestContext.Current.CancellationToken);
        var content = await answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
        Assert.InRange(content.Length, 1, 8191);
        Assert.Equal("text/javascript; charset=utf-8", answer.Content.Headers.ContentType!.ToString());
        Assert.Equal("no-cache", answer.Headers.CacheControl!.ToString());
        Assert.Equal("nosniff", answer.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.DoesNotContain(Encoding.UTF8.GetString(content), text => text is > '~' or '\r' or '\t');

        using var again = new HttpRequestMessage(HttpMethod.Get, "/fonte/fonte.js") { Headers = { IfNoneMatch = { answer.Headers.ETag! } } };
        using var unchanged = await http.SendAsync(again, TestContext.Current.CancellationToken);
        Assert.False(answer.Headers.ETag!.IsWeak);
        Assert.Equal(StatusCodes.Status304NotModified, (int)unchanged.StatusCode);
        using var head = new HttpRequestMessage(HttpMethod.Head, "/fonte/fonte.js");
        using var only = await http.SendAsync(head, TestContext.Current.CancellationToken);
        Assert.Equal(content.Length, only.Content.Headers.ContentLength);
    }

    private static async Task<PageSource> MakeAsync(ScriptServer server, WatchedPage watched, string options = "{}")
    {
        if (watched.Page.Url != server.Page) await watched.Page.GotoAsync(server.Page);
        return await PageSource.MakeAsync(watched.Page, "/stream", options, "told");
    }
}
