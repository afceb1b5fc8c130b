using Fonte.Browser.Tests.Demo;
using Microsoft.Playwright;
using Xunit;

namespace Fonte.Browser.Tests.Browser;

/// <summary>
/// A browser on a quiet topic loses its connection before it has received any event, and an event is published before it is back.
/// </summary>
public sealed class PositionBlockTests(SharedDemo demo, SharedBrowser browser)
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Event_published_while_a_quiet_subscriber_was_away_arrives_when_it_is_back()
    {
        await using var proxy = await StreamProxy.StartAsync(demo.Address, stripPositions: false);
        await using var watched = await browser.OpenAsync();
        await SubscribeAndLoseConnectionAsync(proxy, watched.Page, "quiet-kept");

        await demo.PublishAsync("quiet-kept", "published meanwhile");
        proxy.Open();

        Assert.StartsWith("urn:fonte:", await proxy.NextRequestAsync(), StringComparison.Ordinal);
        Assert.Equal(["published meanwhile"], await ReceivedAsync(watched.Page));
    }

    [Fact]
    public async Task Without_the_position_block_it_is_lost()
    {
        await using var proxy = await StreamProxy.StartAsync(demo.Address, stripPositions: true);
        await using var watched = await browser.OpenAsync();
        await SubscribeAndLoseConnectionAsync(proxy, watched.Page, "quiet-lost");

        await demo.PublishAsync("quiet-lost", "published meanwhile");
        proxy.Open();

        Assert.Null(await proxy.NextRequestAsync());
        await proxy.NextPositionAsync();
        await demo.PublishAsync("quiet-lost", "published after");
        Assert.Equal(["published after"], await ReceivedAsync(watched.Page));
    }

    private static async Task SubscribeAndLoseConnectionAsync(StreamProxy proxy, IPage page, string topic)
    {
        await page.GotoAsync(proxy.Address.AbsoluteUri);
        var read = await BytesReadAsync(page);
        await page.EvaluateAsync(
            """
            (topic) => {
              window.received = [];
              window.source = new EventSource(`/.well-known/mercure?match=${topic}`);
              window.source.onmessage = (event) => window.received.push(event.data);
            }
            """,
            topic);
        Assert.Null(await proxy.NextRequestAsync());
        var forwarded = await proxy.NextPositionAsync();
        await read.ReachAsync(forwarded);
        proxy.Cut();
    }

    private static async Task<string[]> ReceivedAsync(IPage page)
    {
        await page.WaitForFunctionAsync("window.received.length > 0", null, new() { Timeout = (float)Soon.TotalMilliseconds });
        return await page.EvaluateAsync<string[]>("window.received");
    }

    private static async Task<BytesRead> BytesReadAsync(IPage page)
    {
        var devTools = await page.Context.NewCDPSessionAsync(page);
        var read = new BytesRead(devTools);
        await devTools.SendAsync("Network.enable");
        return read;
    }

    /// <summary>Counts what has come as far as the page: what still lies in a socket at the cut could be lost with it.</summary>
    private sealed class BytesRead
    {
        private readonly Lock _lock = new();
        private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private string? _stream;
        private int _bytes;
        private int _goal = int.MaxValue;

        public BytesRead(ICDPSession devTools)
        {
            devTools.Event("Network.requestWillBeSent").OnEvent += (_, sent) =>
            {
                if (sent!.Value.GetProperty("type").GetString() == "EventSource") _stream = sent.Value.GetProperty("requestId").GetString();
            };
            devTools.Event("Network.dataReceived").OnEvent += (_, received) =>
            {
                if (received!.Value.GetProperty("requestId").GetString() == _stream)
                    Advance(() => _bytes += received.Value.GetProperty("dataLength").GetInt32());
            };
        }

        public Task ReachAsync(int goal)
        {
            Advance(() => _goal = goal);
            return _reached.Task.WaitAsync(Soon, TestContext.Current.CancellationToken);
        }

        private void Advance(Action step)
        {
            lock (_lock)
            {
                step();
                if (_bytes >= _goal) _reached.TrySetResult();
            }
        }
    }
}
