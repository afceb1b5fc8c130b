using System.Net;
using System.Text;
using Fonte.Client.Tests.Hub;

namespace Fonte.Client.Tests;

public sealed class ReconnectTests
{
    private readonly HurriedClock _clock = new();

    [Fact]
    public async Task Answer_204_EndsTheEvents()
    {
        var hub = new FakeHub().ThenStatus(204).ThenStream("data: never asked for\n\n");

        Assert.Empty(await ReadAllAsync(hub));
        Assert.Single(hub.Requests);
    }

    [Theory]
    [InlineData(408)]
    [InlineData(429)]
    [InlineData(500)]
    [InlineData(502)]
    [InlineData(503)]
    public async Task Answer_StatusThatMayPass_IsTriedAgain(int status)
    {
        var hub = new FakeHub().ThenStatus(status).ThenStream("data: x\n\n");

        Assert.Single(await ReadAllAsync(hub));
    }

    [Theory]
    [InlineData(201)]
    [InlineData(304)]
    [InlineData(400)]
    [InlineData(401)]
    [InlineData(403)]
    [InlineData(404)]
    [InlineData(410)]
    public async Task Answer_AnyOtherStatus_Throws(int status)
    {
        var hub = new FakeHub().ThenStatus(status).ThenStream("data: x\n\n");

        var exception = await Assert.ThrowsAsync<FonteClientException>(() => ReadAllAsync(hub));

        Assert.Equal((HttpStatusCode)status, exception.StatusCode);
        Assert.Single(hub.Requests);
    }

    [Theory]
    [InlineData("""{"type":"urn:p","title":"Bad request","detail":"Say match, not matchs.","status":400}""", "The hub answered 400: Say match, not matchs.", "urn:p")]
    [InlineData("""{"title":"Bad request"}""", "The hub answered 400: Bad request", null)]
    [InlineData("""{"detail":"","title":"Bad\r\n\u001b[31mrequest"}""", "The hub answered 400: Bad   [31mrequest", null)]
    [InlineData("""{"detail":{"not":"text"},"type":7}""", "The hub answered 400: Bad Request", null)]
    [InlineData("""["not an object"]""", "The hub answered 400: Bad Request", null)]
    [InlineData("not json", "The hub answered 400: Bad Request", null)]
    public async Task Refusal_ProblemDetails_MessageTellsTheirSentence(string json, string message, string? type)
    {
        var exception = await Assert.ThrowsAsync<FonteClientException>(() => ReadAllAsync(new FakeHub().ThenProblem(400, json)));

        Assert.Equal(message, exception.Message);
        Assert.Equal(type, exception.ProblemType);
    }

    [Fact]
    public async Task Refusal_EndlessProblemDetails_StatusOnly()
    {
        var body = new EndlessBody("{\"detail\":"u8.ToArray());
        var response = new HttpResponseMessage(HttpStatusCode.Forbidden) { Content = new StreamContent(body) };
        response.Content.Headers.ContentType = new("application/problem+json");

        var exception = await Assert.ThrowsAsync<FonteClientException>(() => ReadAllAsync(new FakeHub().Then(response)));

        Assert.Equal("The hub answered 403: Forbidden", exception.Message);
        Assert.InRange(body.Taken, 1, 70_000);
    }

    [Fact]
    public async Task Refusal_VeryLongSentence_IsCut()
    {
        var hub = new FakeHub().ThenProblem(400, $$"""{"detail":"{{new string('x', 5000)}}"}""");

        Assert.InRange((await Assert.ThrowsAsync<FonteClientException>(() => ReadAllAsync(hub))).Message.Length, 1000, 1100);
    }

    [Theory]
    [InlineData("text/html")]
    [InlineData("application/json; charset=utf-8")]
    public async Task Answer_200OfAnotherType_Throws(string mediaType)
    {
        var hub = new FakeHub().ThenStream(new FakeBody("data: x\n\n"u8.ToArray(), BodyEnd.Closed), mediaType);

        var exception = await Assert.ThrowsAsync<FonteClientException>(() => ReadAllAsync(hub));

        Assert.Contains(mediaType.Split(';')[0], exception.Message, StringComparison.Ordinal);
        Assert.Single(hub.Requests);
    }

    [Fact]
    public async Task Answer_200WithoutType_Throws() =>
        await Assert.ThrowsAsync<FonteClientException>(() => ReadAllAsync(new FakeHub().Then(new HttpResponseMessage(HttpStatusCode.OK))));

    [Fact]
    public async Task Answer_EventStreamWithParameters_IsRead()
    {
        var hub = new FakeHub().ThenStream(new FakeBody("data: x\n\n"u8.ToArray(), BodyEnd.Closed), "Text/Event-Stream; charset=utf-8");

        Assert.Single(await ReadAllAsync(hub));
    }

    [Fact]
    public async Task Connect_HttpClientTimesOut_IsTriedAgain()
    {
        var hub = new FakeHub()
            .Then(_ => throw new TaskCanceledException("timeout", new TimeoutException()))
            .ThenStream("data: x\n\n");

        Assert.Single(await ReadAllAsync(hub));
    }

    [Theory]
    [InlineData("7", 7)]
    [InlineData("0", 1)]
    [InlineData("90", 90)]
    [InlineData("9000000", 86_400)]
    [InlineData("Sat, 01 Jan 2000 00:00:30 GMT", 30)]
    [InlineData("Fri, 31 Dec 1999 00:00:00 GMT", 1)]
    public async Task RetryAfter_Told_IsTheLeastWait(string retryAfter, int seconds)
    {
        await ReadAllAsync(new FakeHub().ThenStatus(503, retryAfter));

        Assert.Equal([TimeSpan.FromSeconds(seconds)], _clock.Waits);
    }

    [Fact]
    public async Task Idle_NothingForTheTimeout_Reconnects()
    {
        var body = new FakeBody("id: 1\ndata: x\n\n"u8.ToArray(), BodyEnd.Silent);
        var hub = new FakeHub().ThenStream(body);
        List<Reconnection> reconnections = [];
        var reading = Subscriber.Subscribe(Subscriber.Create(hub, _clock, reconnecting: reconnections.Add))
            .ToListAsync(TestContext.Current.CancellationToken);
        await body.Silent.WaitAsync(TestContext.Current.CancellationToken);

        _clock.Advance(TimeSpan.FromSeconds(59));
        Assert.Empty(reconnections);
        _clock.Advance(TimeSpan.FromSeconds(1));
        await reading.AsTask().WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);

        Assert.Equal([new(1, TimeSpan.FromSeconds(1), "1", "The event stream broke: The hub sent nothing for 60 s.")], reconnections);
        Assert.Equal("1", hub.Requests[1].LastEventId);
    }

    [Fact]
    public async Task Idle_ConsumerIsSlow_DoesNotCount()
    {
        var body = new FakeBody("data: x\n\ndata: y\n\n"u8.ToArray(), BodyEnd.Closed, pieceSize: 9);
        List<Reconnection> reconnections = [];
        var hub = new FakeHub().ThenStream(body);

        await foreach (var _ in Subscriber.Subscribe(Subscriber.Create(hub, _clock, reconnecting: reconnections.Add)))
            _clock.Advance(TimeSpan.FromHours(1));

        Assert.Equal("The hub ended the event stream.", Assert.Single(reconnections).Reason);
    }

    [Fact]
    public async Task Reconnecting_EachFailure_IsToldWithItsReason()
    {
        List<Reconnection> reconnections = [];
        var hub = new FakeHub()
            .ThenStream("retry: 3000\n\nid: 1\n\n", BodyEnd.Broken)
            .ThenProblem(503, """{"detail":"Draining."}""")
            .ThenUnreachable();

        await Subscriber.Subscribe(Subscriber.Create(hub, _clock, reconnecting: reconnections.Add)).ToListAsync(TestContext.Current.CancellationToken);

        var wait = TimeSpan.FromSeconds(3);
        Assert.Equal(
            [
                new(1, wait, "1", "The event stream broke: connection reset"),
                new(2, wait, "1", "The hub answered 503: Draining."),
                new(3, wait, "1", "The hub could not be reached: connection refused"),
            ],
            reconnections);
    }

    [Fact]
    public async Task Reconnecting_CallbackThrows_EndsTheEvents()
    {
        var client = Subscriber.Create(new FakeHub().ThenUnreachable(), _clock, reconnecting: _ => throw new InvalidOperationException("enough"));

        await Assert.ThrowsAsync<InvalidOperationException>(async () => await Subscriber.Subscribe(client).ToListAsync(TestContext.Current.CancellationToken));
        Assert.Empty(_clock.Waits);
    }

    [Fact]
    public async Task Idle_RefusalWhoseBodyStalls_StatusOnly()
    {
        var body = new FakeBody(Encoding.UTF8.GetBytes("{\"detail\":"), BodyEnd.Silent);
        var response = new HttpResponseMessage(HttpStatusCode.Unauthorized) { Content = new StreamContent(body) };
        response.Content.Headers.ContentType = new("application/problem+json");
        var reading = ReadAllAsync(new FakeHub().Then(response));
        await body.Silent.WaitAsync(TestContext.Current.CancellationToken);

        _clock.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal("The hub answered 401: Unauthorized", (await Assert.ThrowsAsync<FonteClientException>(() => reading.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken))).Message);
    }

    private Task<List<ReceivedEvent>> ReadAllAsync(FakeHub hub) =>
        Subscriber.ReadAllAsync(hub, _clock);
}
