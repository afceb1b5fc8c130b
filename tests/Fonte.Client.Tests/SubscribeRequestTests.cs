using CsCheck;
using Fonte.Client.Tests.Hub;

namespace Fonte.Client.Tests;

public sealed class SubscribeRequestTests
{
    private static readonly Gen<string> Text = Gen.Int[0x1, 0x10FFFF]
        .Where(point => point is < 0xD800 or > 0xDFFF)
        .Select(char.ConvertFromUtf32).Array[1, 20].Select(string.Concat);

    [Fact]
    public async Task Subscribe_TwoTopics_RepeatsMatch()
    {
        var hub = await AskAsync(FakeHub.Url, ["a", SubscribeRequest.AllTopics], null);

        var asked = Assert.Single(hub.Requests);
        Assert.Equal(HttpMethod.Get, asked.Method);
        Assert.Equal([("match", "a"), ("match", "*")], asked.Query);
        Assert.Equal("text/event-stream", asked.Accept);
        Assert.Null(asked.LastEventId);
    }

    [Fact]
    public async Task Subscribe_AnyTopics_HubReadsThemBack() =>
        await Text.Array[1, 5].SampleAsync(async topics =>
        {
            var hub = await AskAsync(FakeHub.Url, topics, null);
            return hub.Requests[0].Query.SequenceEqual(topics.Select(topic => ("match", topic)));
        }, iter: 200);

    [Fact]
    public async Task Subscribe_HubUrlWithQueryAndFragment_KeepsTheQueryOnly()
    {
        var hub = await AskAsync(new Uri("https://hub.test/x?key=1#there"), ["a"], null);

        Assert.Equal("https://hub.test/x?key=1&match=a", hub.Requests[0].Url.AbsoluteUri);
    }

    [Theory]
    [InlineData("urn:fonte:abcdefghij:7")]
    [InlineData("earliest")]
    [InlineData("a b~!")]
    public async Task Subscribe_PlainLastEventId_GoesInTheHeader(string id)
    {
        var hub = await AskAsync(FakeHub.Url, ["a"], id);

        Assert.Equal(id, hub.Requests[0].LastEventId);
        Assert.Equal([("match", "a")], hub.Requests[0].Query);
    }

    [Theory]
    [InlineData("é")]
    [InlineData(" led by a space")]
    [InlineData("followed by a space ")]
    [InlineData("tab\tinside")]
    [InlineData("😀&=+")]
    public async Task Subscribe_LastEventIdThatNoHeaderCarries_GoesInTheQuery(string id)
    {
        var hub = await AskAsync(FakeHub.Url, ["a"], id);

        Assert.Null(hub.Requests[0].LastEventId);
        Assert.Equal([("match", "a"), ("last_event_id", id)], hub.Requests[0].Query);
    }

    [Theory]
    [InlineData(0, "2026-05-01T10:00:00Z")]
    [InlineData(1, "2026-05-01T10:00:00.0000001Z")]
    [InlineData(2_500_000, "2026-05-01T10:00:00.25Z")]
    public async Task Subscribe_Since_GoesInTheQueryAlsoAfterAReconnection(int ticks, string expected)
    {
        var hub = new FakeHub().ThenStream("id: 1\ndata: x\n\n");
        var request = new SubscribeRequest { Topics = ["a"], Since = new DateTimeOffset(2026, 5, 1, 12, 0, 0, TimeSpan.FromHours(2)).AddTicks(ticks) };

        await Subscriber.Create(hub, new HurriedClock()).SubscribeAsync(request, TestContext.Current.CancellationToken).ToListAsync(TestContext.Current.CancellationToken);

        Assert.Equal([null, "1"], hub.Requests.Select(asked => asked.LastEventId));
        Assert.All(hub.Requests, asked => Assert.Equal([("match", "a"), ("since", expected)], asked.Query));
    }

    [Fact]
    public async Task Subscribe_EmptyLastEventId_CountsAsAbsent()
    {
        var hub = await AskAsync(FakeHub.Url, ["a"], "");

        Assert.Null(hub.Requests[0].LastEventId);
        Assert.Equal([("match", "a")], hub.Requests[0].Query);
    }

    [Fact]
    public void Subscribe_RequestThatCannotBeSent_ThrowsBeforeEnumeration()
    {
        var client = Subscriber.Create(new FakeHub(), new HurriedClock());

        Assert.Throws<ArgumentNullException>(() => Subscribe(null!));
        Assert.Throws<ArgumentException>(() => Subscribe(new SubscribeRequest { Topics = [] }));
        Assert.Throws<ArgumentException>(() => Subscribe(new SubscribeRequest { Topics = [""] }));
        Assert.Throws<ArgumentException>(() => Subscribe(new SubscribeRequest { Topics = ["\uD83D"] }));
        Assert.Throws<ArgumentException>(() => Subscribe(new SubscribeRequest { Topics = ["a"], LastEventId = "a\nb" }));
        Assert.Throws<ArgumentException>(() => Subscribe(new SubscribeRequest { Topics = ["a"], LastEventId = "a\uDC00" }));

        IAsyncEnumerable<ReceivedEvent> Subscribe(SubscribeRequest request) => client.SubscribeAsync(request, TestContext.Current.CancellationToken);
    }

    [Fact]
    public void Options_SeveralWrong_AllNamedAtOnce()
    {
        var options = new FonteClientOptions
        {
            HubUrl = new Uri("/relative", UriKind.Relative),
            MinimumReconnectionTime = TimeSpan.Zero,
            MaximumReconnectionTime = TimeSpan.FromDays(2),
            IdleTimeout = TimeSpan.Zero,
            MaximumEventSize = 0,
            TimeProvider = null!,
            Random = null!,
        };

        var message = Assert.Throws<ArgumentException>(() => new FonteClient(new HttpClient(), options)).Message;

        Assert.All(
            ["HubUrl", "MinimumReconnectionTime", "MaximumReconnectionTime", "IdleTimeout", "MaximumEventSize", "TimeProvider", "Random"],
            name => Assert.Contains(name + " must", message, StringComparison.Ordinal));
    }

    private static async Task<FakeHub> AskAsync(Uri url, string[] topics, string? lastEventId)
    {
        var hub = new FakeHub();
        var client = new FonteClient(new HttpClient(hub), new FonteClientOptions { HubUrl = url });
        await foreach (var _ in client.SubscribeAsync(
            new SubscribeRequest { Topics = topics, LastEventId = lastEventId }, TestContext.Current.CancellationToken))
        {
        }

        return hub;
    }
}
