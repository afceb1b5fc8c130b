using System.Text;
using Fonte.Client.Tests.Hub;

namespace Fonte.Client.Tests;

public sealed class SubscribeTests
{
    [Fact]
    public async Task Events_WithAndWithoutTypeAndId_ComeWithTheirDefaults()
    {
        var hub = new FakeHub().ThenStream("data: first\n\nid: 1\nevent: update\ndata: {\"valor\": 100}\nretry: 5000\n\nevent:\ndata:  last\n\n");

        var received = await Subscriber.ReadAllAsync(hub);

        Assert.Equal([new("", "message", "first"), new("1", "update", "{\"valor\": 100}"), new("1", "message", " last")], received);
    }

    [Fact]
    public async Task Events_GapToldByTheHub_ComesThroughAndIsAGap()
    {
        const string Data = """{"reason":"truncated","from":"urn:fonte:e:1","oldest":"urn:fonte:e:9"}""";
        var hub = new FakeHub().ThenStream($"id: urn:fonte:e:8\nevent: fonte-gap\ndata: {Data}\n\nid: urn:fonte:e:9\ndata: x\n\n");

        var received = await Subscriber.ReadAllAsync(hub);

        Assert.Equal(new ReceivedEvent("urn:fonte:e:8", ReceivedEvent.GapType, Data), received[0]);
        Assert.True(received[0].IsGap);
        Assert.False(received[1].IsGap);
    }

    [Theory]
    [InlineData("retry: 2000\n\nid: p\n\n", "p")]
    [InlineData("id: 1\ndata: x\n\n:\nid: p\n\n", "p")]
    [InlineData("id: p\ndata: x\n\n:\n\n", "p")]
    [InlineData("id: p\n\nid: q\n", "p")]
    [InlineData("id: p\n\nid: no\0no\ndata: x\n\n", "p")]
    [InlineData("id: p\n\ndata: no id of its own\n\n", "p")]
    [InlineData("id: p\n\nid\ndata: told to forget\n\n", null)]
    [InlineData("id: p\n\nid\n\n", null)]
    [InlineData("id: no\0no\n\n", "start")]
    [InlineData(": nothing\n\n", "start")]
    public async Task Cursor_StreamEnds_NextRequestHasTheLastIdOfAWholeBlock(string stream, string? expected)
    {
        var hub = new FakeHub().ThenStream(stream);

        await Subscriber.ReadAllAsync(hub, new HurriedClock(), "start");

        Assert.Equal(["start", expected], hub.Requests.Select(request => request.LastEventId));
    }

    [Fact]
    public async Task Cursor_ConnectionThatTellsNoId_KeepsTheEarlierOne()
    {
        var hub = new FakeHub().ThenStream("id: 1\ndata: x\n\n", BodyEnd.Broken).ThenStream("").ThenUnreachable().ThenStatus(503);

        await Subscriber.ReadAllAsync(hub);

        Assert.Equal([null, "1", "1", "1", "1"], hub.Requests.Select(request => request.LastEventId));
    }

    [Fact]
    public async Task Events_LiveStream_EachComesWithoutWaitingForTheNextByte()
    {
        foreach (var lineEnd in (string[])["\n", "\r", "\r\n"])
        {
            var body = new FakeBody(Encoding.UTF8.GetBytes("data: x\n\n".Replace("\n", lineEnd, StringComparison.Ordinal)), BodyEnd.Silent);
            await using var events = Subscriber.Subscribe(Subscriber.Create(new FakeHub().ThenStream(body), new HurriedClock()))
                .GetAsyncEnumerator(TestContext.Current.CancellationToken);

            var next = events.MoveNextAsync().AsTask();

            Assert.Same(next, await Task.WhenAny(next, body.Silent));
            Assert.True(await next);
        }
    }

    [Fact]
    public async Task Events_LargerThanTheLimit_ThrowsAfterThoseBefore()
    {
        var hub = new FakeHub().ThenStream($"id: 1\ndata: x\n\nid: 2\ndata: {new string('y', 1024)}\n\n");
        List<ReceivedEvent> received = [];

        var exception = await Assert.ThrowsAsync<FonteClientException>(async () =>
        {
            await foreach (var one in Subscriber.Subscribe(Subscriber.Create(hub, new HurriedClock())))
                received.Add(one);
        });

        Assert.Equal([new("1", "message", "x")], received);
        Assert.Contains("1024 bytes", exception.Message, StringComparison.Ordinal);
        Assert.Single(hub.Requests);
    }

    [Theory]
    [InlineData("data: y")]
    [InlineData("data: y\n")]
    [InlineData("id: 1\r")]
    [InlineData("x")]
    public async Task Events_BlockThatNeverEnds_ThrowsWithoutReadingOn(string piece)
    {
        var body = new EndlessBody(Encoding.UTF8.GetBytes(piece));
        var hub = new FakeHub().ThenStream(body);

        await Assert.ThrowsAsync<FonteClientException>(() => Subscriber.ReadAllAsync(hub));

        Assert.InRange(body.Taken, 1, 2 * 1024);
    }

    [Fact]
    public async Task Events_CommentsBeyondTheLimit_CostNothing()
    {
        var comments = string.Concat(Enumerable.Repeat(":\n", 4096)) + ": " + new string('c', 8192) + "\r\n";
        var hub = new FakeHub().ThenStream("id: 1\n" + comments + "data: x\n" + comments + "\n");

        Assert.Equal([new("1", "message", "x")], await Subscriber.ReadAllAsync(hub));
    }

    [Fact]
    public async Task Events_AtTheLimitExactly_ComeAndOneByteMoreThrows()
    {
        var data = new string('y', 1024 - "id: 1\ndata: \n".Length);

        Assert.Equal([new("1", "message", data)], await Subscriber.ReadAllAsync(new FakeHub().ThenStream($"id: 1\ndata: {data}\n\n")));
        await Assert.ThrowsAsync<FonteClientException>(() => Subscriber.ReadAllAsync(new FakeHub().ThenStream($"id: 1\ndata: {data}y\n\n")));
    }

    [Fact]
    public async Task Enumeration_ConsumerStops_DisposesTheResponse()
    {
        var body = new FakeBody("data: x\n\n"u8.ToArray(), BodyEnd.Silent);
        var hub = new FakeHub().ThenStream(body);

        await foreach (var _ in Subscriber.Subscribe(Subscriber.Create(hub, new HurriedClock())))
            break;

        Assert.True(body.Disposed);
    }

    [Fact]
    public async Task Enumeration_Twice_EachStartsWhereTheRequestSays()
    {
        var hub = new FakeHub().ThenStream("id: 1\ndata: x\n\n").ThenStatus(204).ThenStream("id: 2\ndata: y\n\n");
        var events = Subscriber.Subscribe(Subscriber.Create(hub, new HurriedClock()), "0");

        var first = await events.ToListAsync(TestContext.Current.CancellationToken);
        var second = await events.ToListAsync(TestContext.Current.CancellationToken);

        Assert.Equal("1", Assert.Single(first).Id);
        Assert.Equal("2", Assert.Single(second).Id);
        Assert.Equal(["0", "1", "0", "2"], hub.Requests.Select(request => request.LastEventId));
    }

    [Fact]
    public async Task Cancellation_WhileConnecting_Throws()
    {
        using var cancel = new CancellationTokenSource();
        var hub = new FakeHub().Then(async token =>
        {
            await cancel.CancelAsync();
            await Task.Delay(Timeout.Infinite, token);
            return new HttpResponseMessage();
        });

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
            await Subscriber.SubscribeUntil(Subscriber.Create(hub, new HurriedClock()), cancel.Token).ToListAsync(CancellationToken.None));
        Assert.Single(hub.Requests);
    }

    [Fact]
    public async Task Cancellation_WhileReading_ThrowsAndDisposesTheResponse()
    {
        using var cancel = new CancellationTokenSource();
        var body = new FakeBody(default, BodyEnd.Silent);
        var reading = Subscriber.SubscribeUntil(Subscriber.Create(new FakeHub().ThenStream(body), new HurriedClock()), cancel.Token)
            .ToListAsync(CancellationToken.None).AsTask();
        await body.Silent.WaitAsync(TestContext.Current.CancellationToken);

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading);
        Assert.True(body.Disposed);
    }

    [Fact]
    public async Task Cancellation_WhileWaitingToReconnect_Throws()
    {
        using var cancel = new CancellationTokenSource();
        var client = Subscriber.Create(new FakeHub().ThenUnreachable(), new HurriedClock(), reconnecting: _ => cancel.Cancel());

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
            await Subscriber.SubscribeUntil(client, cancel.Token).ToListAsync(CancellationToken.None));
    }
}
