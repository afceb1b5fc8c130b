using System.Buffers.Text;
using System.Net;
using System.Text;
using Fonte.Client.Tests.Hub;

namespace Fonte.Client.Tests;

public sealed class AccessTokenTests
{
    private static readonly OutgoingEvent Simple = new() { Topics = ["a"] };
    private readonly HurriedClock _clock = new();
    private int _asked;

    [Fact]
    public async Task Jwt_IsKeptUntilHalfAMinuteBeforeItsEnd()
    {
        var hub = Accepting(4);
        var client = Create(hub, () => Jwt(600));

        await client.PublishAsync(Simple, Stop);
        await client.PublishAsync(Simple, Stop);
        _clock.Advance(TimeSpan.FromSeconds(569));
        await client.PublishAsync(Simple, Stop);
        Assert.Equal(1, _asked);
        _clock.Advance(TimeSpan.FromSeconds(2));
        await client.PublishAsync(Simple, Stop);

        Assert.Equal(2, _asked);
        Assert.Equal(["Bearer 1", "Bearer 1", "Bearer 1", "Bearer 2"], hub.Requests.Select(request => request.Authorization![..8]));
    }

    [Fact]
    public async Task OtherToken_IsAskedForEachTime()
    {
        var client = Create(Accepting(2), () => $"token{_asked}");

        await client.PublishAsync(Simple, Stop);
        await client.PublishAsync(Simple, Stop);

        Assert.Equal(2, _asked);
    }

    [Fact]
    public async Task ManyAtOnce_AskOnce()
    {
        var hub = Accepting(20);
        var came = new TaskCompletionSource<string?>();
        var client = new FonteClient(new HttpClient(hub), new FonteClientOptions
        {
            HubUrl = FakeHub.Url,
            TimeProvider = _clock,
            AccessToken = _ =>
            {
                _asked++;
                return new(came.Task);
            },
        });

        var publishing = Enumerable.Range(0, 20).Select(_ => client.PublishAsync(Simple, Stop)).ToList();
        came.SetResult(Jwt(600));
        await Task.WhenAll(publishing);

        Assert.Equal(1, _asked);
    }

    [Fact]
    public async Task RefusedToken_IsReplacedOnceAndThePublicationRepeated()
    {
        var hub = new FakeHub().ThenStatus(401).Then(Accepted());
        var client = Create(hub, () => Jwt(600));

        Assert.Equal("x", await client.PublishAsync(Simple, Stop));

        Assert.Equal(2, _asked);
        Assert.Equal(["Bearer 1", "Bearer 2"], hub.Requests.Select(request => request.Authorization![..8]));
    }

    [Fact]
    public async Task TokenRefusedTwice_IsAnError()
    {
        var hub = new FakeHub().ThenStatus(401).ThenStatus(401).Then(Accepted());

        var refused = await Assert.ThrowsAsync<FonteClientException>(() => Create(hub, () => Jwt(600)).PublishAsync(Simple, Stop));

        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        Assert.Equal(2, hub.Requests.Count);
    }

    [Fact]
    public async Task Subscription_WhoseTokenCountsNoLonger_GoesOnWithAnotherWhereItWas()
    {
        var hub = new FakeHub().ThenStream("id: 1\ndata: a\n\n").ThenStatus(401).ThenStream("id: 2\ndata: b\n\n");
        var client = Create(hub, () => Jwt(600));

        var events = await client.SubscribeAsync(new() { Topics = ["a"] }, Stop).ToListAsync(Stop);

        Assert.Equal(["a", "b"], events.Select(each => each.Data));
        Assert.Equal([null, "1", "1", "2"], hub.Requests.Select(request => request.LastEventId));
        Assert.Equal(["Bearer 1", "Bearer 1", "Bearer 2", "Bearer 2"], hub.Requests.Select(request => request.Authorization![..8]));
        // The replacement is not waited for: once after each stream that ended.
        Assert.Equal(2, _clock.Waits.Count);
    }

    [Fact]
    public async Task Subscription_RefusedWithAFreshToken_Ends()
    {
        var hub = new FakeHub().ThenStatus(401).ThenStatus(401);

        var refused = await Assert.ThrowsAsync<FonteClientException>(async () => await Create(hub, () => Jwt(600)).SubscribeAsync(new() { Topics = ["a"] }, Stop).ToListAsync(Stop));

        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
    }

    [Fact]
    public async Task CallbackThatFails_FailsAPublicationAndIsTriedAgainByASubscription()
    {
        var hub = new FakeHub().ThenStream("id: 1\ndata: a\n\n");
        var client = Create(hub, () => _asked == 1 ? throw new InvalidOperationException("the issuer is away") : Jwt(600));
        var failed = await Assert.ThrowsAsync<FonteClientException>(() => client.PublishAsync(Simple, Stop));
        Assert.True(failed.NothingWasSent);
        Assert.Contains("the issuer is away", failed.Message, StringComparison.Ordinal);

        _asked = 0;
        var events = await client.SubscribeAsync(new() { Topics = ["a"] }, Stop).ToListAsync(Stop);

        Assert.Equal("a", Assert.Single(events).Data);
    }

    [Fact]
    public async Task NoToken_SendsNone()
    {
        var hub = Accepting(1);

        await Create(hub, () => null).PublishAsync(Simple, Stop);

        Assert.Null(hub.Requests[0].Authorization);
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static HttpResponseMessage Accepted() => new(HttpStatusCode.OK) { Content = new StringContent("x") };

    private static FakeHub Accepting(int count)
    {
        var hub = new FakeHub();
        for (var n = 0; n < count; n++) hub.Then(Accepted());
        return hub;
    }

    // Begins with how often it was asked for.
    private string Jwt(int seconds)
    {
        var payload = Base64Url.EncodeToString(Encoding.UTF8.GetBytes($"{{\"exp\":{_clock.GetUtcNow().ToUnixTimeSeconds() + seconds}}}"));
        return $"{_asked}.{payload}.c";
    }

    private FonteClient Create(FakeHub hub, Func<string?> token) => new(new HttpClient(hub), new FonteClientOptions
    {
        HubUrl = FakeHub.Url,
        TimeProvider = _clock,
        Random = new FixedJitter(0),
        AccessToken = _ =>
        {
            _asked++;
            return new(token());
        },
    });
}
