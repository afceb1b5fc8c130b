using System.Net;
using System.Net.Sockets;
using Fonte.Client.Tests.Hub;

namespace Fonte.Client.Tests;

public sealed class PublishRetryTests
{
    private static readonly OutgoingEvent Simple = new() { Topics = ["a"] };
    private readonly HurriedClock _clock = new();

    [Theory]
    [InlineData(408)]
    [InlineData(429)]
    [InlineData(500)]
    [InlineData(503)]
    public async Task Refusal_ThatMayPass_IsRepeatedUnderTheSameKey(int status)
    {
        var hub = new FakeHub().ThenStatus(status).ThenStatus(status).Then(Accepted());

        Assert.Equal("x", await Create(hub).PublishAsync(Simple, Stop));

        Assert.Equal(3, hub.Requests.Count);
        Assert.NotNull(hub.Requests[0].IdempotencyKey);
        Assert.Single(hub.Requests.Select(request => request.IdempotencyKey).Distinct());
        Assert.Equal([TimeSpan.FromMilliseconds(50), TimeSpan.FromMilliseconds(100)], _clock.Waits);
    }

    [Fact]
    public async Task LostAnswer_IsRepeatedUnderTheEventsOwnKey()
    {
        var hub = new FakeHub().ThenUnreachable().Then(Accepted());

        await Create(hub).PublishAsync(new() { Topics = ["a"], IdempotencyKey = "mine" }, Stop);

        Assert.Equal(["\"mine\"", "\"mine\""], hub.Requests.Select(request => request.IdempotencyKey));
    }

    [Fact]
    public async Task RetryAfter_IsKeptTo()
    {
        var hub = new FakeHub().ThenStatus(503, retryAfter: "7").Then(Accepted());

        await Create(hub).PublishAsync(Simple, Stop);

        Assert.Equal(TimeSpan.FromSeconds(7), Assert.Single(_clock.Waits));
    }

    [Theory]
    [InlineData(400)]
    [InlineData(403)]
    [InlineData(413)]
    [InlineData(422)]
    public async Task Refusal_ThatStands_IsNotRepeated(int status)
    {
        var hub = new FakeHub().ThenStatus(status).Then(Accepted());

        await Assert.ThrowsAsync<FonteClientException>(() => Create(hub).PublishAsync(Simple, Stop));

        Assert.Single(hub.Requests);
    }

    [Fact]
    public async Task Time_ThatIsOver_EndsItWithTheLastRefusal()
    {
        var hub = new FakeHub();
        for (var n = 0; n < 100; n++) hub.ThenStatus(503);

        var refused = await Assert.ThrowsAsync<FonteClientException>(() => Create(hub).PublishAsync(Simple, Stop));

        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.InRange(_clock.Waits.Aggregate((one, other) => one + other), TimeSpan.FromSeconds(25), TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task HubThatKnowsNoKeys_IsAskedAgainOnlyWhenNothingCanHaveBeenPublished()
    {
        var hub = new FakeHub().Then(_ => throw new HttpRequestException(HttpRequestError.ConnectionError, "no", new SocketException())).ThenStatus(429).ThenStatus(503).Then(Accepted());

        var refused = await Assert.ThrowsAsync<FonteClientException>(() => Create(hub, knowsKeys: false).PublishAsync(Simple, Stop));

        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.All(hub.Requests, request => Assert.Null(request.IdempotencyKey));
        Assert.Equal(3, hub.Requests.Count);
    }

    [Fact]
    public async Task WithoutTime_ItIsTriedOnceAndHasNoKey()
    {
        var hub = new FakeHub().ThenStatus(503).Then(Accepted());

        await Assert.ThrowsAsync<FonteClientException>(() => Create(hub, time: TimeSpan.Zero).PublishAsync(Simple, Stop));

        Assert.Null(Assert.Single(hub.Requests).IdempotencyKey);
    }

    [Fact]
    public async Task Many_ArePublishedSomeAtATimeAndToldInTheirOrder()
    {
        var answers = Enumerable.Range(0, 10).Select(_ => new TaskCompletionSource<HttpResponseMessage>()).ToList();
        var hub = new FakeHub();
        foreach (var answer in answers) hub.Then(_ => answer.Task);
        var client = Create(hub, time: TimeSpan.Zero);

        await using var published = client.PublishManyAsync(Events(10), window: 3, Stop).GetAsyncEnumerator(Stop);
        var first = published.MoveNextAsync().AsTask();
        Assert.Equal(3, hub.Requests.Count);
        answers[1].SetResult(Accepted("1"));
        Assert.False(first.IsCompleted);
        answers[0].SetResult(Accepted("0"));
        Assert.True(await first);
        Assert.Equal("0", published.Current.Id);
        Assert.Equal(3, hub.Requests.Count);
        for (var n = 2; n < 10; n++)
        {
            if (n == 4) answers[n].SetResult(new(HttpStatusCode.BadRequest));
            else answers[n].SetResult(Accepted($"{n}"));
        }

        List<Published> rest = [];
        while (await published.MoveNextAsync()) rest.Add(published.Current);
        Assert.Equal(["1", "2", "3", null, "5", "6", "7", "8", "9"], rest.Select(each => each.Id));
        Assert.Equal(HttpStatusCode.BadRequest, rest[3].Error!.StatusCode);
        Assert.Throws<FonteClientException>(() => rest[3].IdOrThrow());
        Assert.Equal(Enumerable.Range(1, 9).Select(n => $"{n}"), rest.Select(each => each.Event.Data));
    }

    [Fact]
    public async Task Many_WhoStopsReadingStopsPublishing()
    {
        var hub = new FakeHub();
        for (var n = 0; n < 100; n++) hub.Then(Accepted($"{n}"));

        await foreach (var published in Create(hub, time: TimeSpan.Zero).PublishManyAsync(Events(100), window: 4, Stop))
        {
            if (published.Id == "5") break;
        }

        Assert.InRange(hub.Requests.Count, 6, 10);
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static HttpResponseMessage Accepted(string id = "x") => new(HttpStatusCode.OK) { Content = new StringContent(id) };

    private static IAsyncEnumerable<OutgoingEvent> Events(int count) => Enumerable.Range(0, count).Select(n => new OutgoingEvent { Topics = ["a"], Data = $"{n}" }).ToAsyncEnumerable();

    private FonteClient Create(FakeHub hub, bool knowsKeys = true, TimeSpan? time = null) => new(new HttpClient(hub), new FonteClientOptions
    {
        HubUrl = FakeHub.Url,
        TimeProvider = _clock,
        Random = new FixedJitter(0),
        PublishRetryTime = time ?? TimeSpan.FromSeconds(30),
        HubKnowsIdempotencyKeys = knowsKeys,
    });
}
