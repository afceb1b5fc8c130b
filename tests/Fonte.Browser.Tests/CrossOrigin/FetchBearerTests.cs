using Fonte.Browser.Tests.Browser;
using Microsoft.Playwright;
using Xunit;

namespace Fonte.Browser.Tests.CrossOrigin;

/// <summary>
/// A page of one origin that reads the stream of a hub on another by <c>fetch</c>, with the token in the field <c>Authorization</c>
/// (Mercure draft -08, "Authorization HTTP Header").
/// </summary>
public sealed class FetchBearerTests(SharedHub hub, SharedBrowser browser)
{
    private const int Soon = 30_000;
    private readonly string _topic = SharedHub.NewTopic();

    [Fact]
    public async Task Fetch_with_a_token_in_its_header_receives_a_private_event_and_one_without_only_the_public_one()
    {
        await using var watched = await browser.OpenAsync();
        await watched.Page.GotoAsync(hub.TrustedOrigin);
        var preflights = await PreflightsAsync(watched.Page);
        Assert.Equal(200, (await OpenAsync(watched.Page, "member", SharedHub.Token("subscribe", _topic))).Status);
        Assert.Equal(200, (await OpenAsync(watched.Page, "anyone", token: null)).Status);

        await hub.PublishAsync(_topic, "secret", isPrivate: true);
        await hub.PublishAsync(_topic, "open");

        Assert.Equal(["secret", "open"], await ReceivedAsync(watched.Page, "member", 2));
        Assert.Equal(["open"], await ReceivedAsync(watched.Page, "anyone", 1));
        // Only the field made one necessary.
        Assert.Equal(1, preflights());
    }

    [Fact]
    public async Task Page_of_a_trusted_origin_can_read_Mercure_Last_Event_ID()
    {
        await hub.PublishAsync(_topic, "kept", isPrivate: true);
        await using var watched = await browser.OpenAsync();
        await watched.Page.GotoAsync(hub.TrustedOrigin);

        var answer = await OpenAsync(watched.Page, "member", SharedHub.Token("subscribe", _topic), "&last_event_id=earliest");

        Assert.Equal("earliest", answer.LastEventId);
        Assert.Equal(["kept"], await ReceivedAsync(watched.Page, "member", 1));
    }

    [Fact]
    public async Task Page_of_another_origin_can_read_nothing_whatever_it_presents()
    {
        await using var watched = await browser.OpenAsync();
        await watched.Page.GotoAsync(hub.StrangerOrigin);

        foreach (var token in new[] { SharedHub.Token("subscribe", _topic), null })
        {
            var refusal = await Assert.ThrowsAsync<PlaywrightException>(() => OpenAsync(watched.Page, "stranger", token));
            Assert.Contains("Failed to fetch", refusal.Message, StringComparison.Ordinal);
        }
    }

    /// <summary>Opens the stream and reads on: the blocks are cut apart at empty lines, which is enough for data of one line.</summary>
    private async Task<Answer> OpenAsync(IPage page, string name, string? token, string query = "") => await page.EvaluateAsync<Answer>(
        """
        async ({ name, url, token }) => {
          const response = await fetch(url, { headers: token === null ? {} : { Authorization: `Bearer ${token}` } });
          const received = window[name] = [];
          const read = async (reader) => {
            let text = "";
            for (let part = await reader.read(); !part.done; part = await reader.read()) {
              const blocks = (text + part.value).split("\n\n");
              text = blocks.pop();
              for (const block of blocks) {
                const data = block.split("\n").find((line) => line.startsWith("data:"));
                if (data !== undefined) received.push(data.slice("data:".length).trimStart());
              }
            }
          };
          read(response.body.pipeThrough(new TextDecoderStream()).getReader());
          return { status: response.status, lastEventId: response.headers.get("Mercure-Last-Event-ID") };
        }
        """,
        new { name, url = $"{hub.Url.AbsoluteUri}?match={Uri.EscapeDataString(_topic)}{query}", token });

    private static async Task<string[]> ReceivedAsync(IPage page, string name, int count)
    {
        await page.WaitForFunctionAsync($"{name}.length >= {count}", null, new() { Timeout = Soon });
        return await page.EvaluateAsync<string[]>(name);
    }

    /// <summary>Counts the preflights that were answered, from now on.</summary>
    private static async Task<Func<int>> PreflightsAsync(IPage page)
    {
        var count = 0;
        var devTools = await page.Context.NewCDPSessionAsync(page);
        devTools.Event("Network.responseReceived").OnEvent += (_, received) =>
        {
            if (received!.Value.GetProperty("type").GetString() == "Preflight") Interlocked.Increment(ref count);
        };
        await devTools.SendAsync("Network.enable");
        return () => Volatile.Read(ref count);
    }

    private sealed record Answer
    {
        public int Status { get; init; }

        public string? LastEventId { get; init; }
    }
}
