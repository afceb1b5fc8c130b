using System.Net;
using System.Text.Json.Nodes;
using Fonte.AspNetCore.Tests.Authorization;
using Xunit;
using static Fonte.AspNetCore.Tests.HubApplication;

namespace Fonte.AspNetCore.Tests.Subscriptions;

/// <summary>Mercure draft -08, "Active Subscriptions". On the ordinary path to the socket and on the direct one.</summary>
public class ActiveSubscriptionsTests
{
    private const string Root = "/.well-known/mercure/subscriptions";

    private protected virtual Task<HubApplication> StartAsync(Action<FonteHttpOptions>? configure = null, IEventLog? log = null) => HubApplication.StartAsync(Configure(configure), useLog: log);

    [Fact]
    public async Task Creation_and_end_are_told_to_those_who_may_know()
    {
        await using var app = await StartAsync();
        await using var watcher = await OpenAsync(app, "?match_urlpattern=" + Uri.EscapeDataString(Root + "/exact/:topic/:subscriber"), Watching());
        await using var stranger = await app.OpenAsync("?match=*");
        string id;
        await using (var subscriber = await app.OpenAsync("?match=/books/1&match_urlpattern=/books/:id"))
        {
            var begun = await NextOfAsync(watcher, "/books/1");
            id = begun["id"]!.GetValue<string>();
            Assert.StartsWith($"{Root}/exact/%2Fbooks%2F1/urn%3Auuid%3A", id, StringComparison.Ordinal);
            Assert.Equal("subscription", begun["type"]!.GetValue<string>());
            Assert.Equal("exact", begun["match_type"]!.GetValue<string>());
            Assert.StartsWith("urn:uuid:", begun["subscriber"]!.GetValue<string>(), StringComparison.Ordinal);
            Assert.True(begun["active"]!.GetValue<bool>());
        }
        var ended = await NextOfAsync(watcher, "/books/1");
        Assert.Equal(id, ended["id"]!.GetValue<string>());
        Assert.False(ended["active"]!.GetValue<bool>());
        await app.PublishAsync("topic=c&data=open");
        Assert.Equal("open", await stranger.NextDataAsync());
    }

    [Fact]
    public async Task Lists_have_what_is_active_and_where_to_go_on()
    {
        await using var app = await StartAsync();
        var token = TestToken.Granting("subscribe", "/books/*", "urlpattern");
        ((JsonObject)token.Details[0]!)["payload"] = new JsonObject { ["tenant"] = "a \"b\"" };
        await using var first = await OpenAsync(app, "?match_urlpattern=/books/:id", token.Sign());
        await using var second = await app.OpenAsync("?match=%C3%A9/x");
        var all = await GetAsync(app, Root, Watching());
        Assert.Equal((Root, "subscriptions"), (all["id"]!.GetValue<string>(), all["type"]!.GetValue<string>()));
        var subscriptions = all["subscriptions"]!.AsArray();
        Assert.Equal(2, subscriptions.Count);
        var book = subscriptions.Single(each => each!["match_type"]!.GetValue<string>() == "urlpattern")!;
        Assert.Equal("a \"b\"", book["payload"]!["tenant"]!.GetValue<string>());
        var other = subscriptions.Single(each => each!["match_type"]!.GetValue<string>() == "exact")!;
        Assert.Equal("é/x", other["match"]!.GetValue<string>());
        Assert.Null(other["payload"]);

        var ofMatcher = await GetAsync(app, $"{Root}/urlpattern/%2Fbooks%2F%3Aid", Watching());
        Assert.Equal(book["id"]!.GetValue<string>(), ofMatcher["subscriptions"]!.AsArray().Single()!["id"]!.GetValue<string>());
        var single = await GetAsync(app, other["id"]!.GetValue<string>(), Watching());
        Assert.Equal(other.ToJsonString(), single.ToJsonString());
        Assert.Empty((await GetAsync(app, $"{Root}/exact/none", Watching()))["subscriptions"]!.AsArray());
    }

    [Fact]
    public async Task Link_of_a_list_is_where_the_events_go_on()
    {
        await using var app = await StartAsync();
        var last = await app.PublishAsync("topic=a");
        using var response = await SendAsync(app, Root, Watching());
        Assert.Equal($"<{TestToken.Resource}>; rel=\"mercure\"; last-event-id=\"{last}\"; type=\"mercure\"; content-type=\"application/json\"", response.Headers.GetValues("Link").Single());
        Assert.Equal("application/json", response.Content.Headers.ContentType!.ToString());
    }

    [Theory]
    [InlineData(Root, null, HttpStatusCode.Unauthorized)]
    [InlineData(Root, "a", HttpStatusCode.Forbidden)]
    [InlineData(Root + "/exact/a", Root, HttpStatusCode.Forbidden)]
    [InlineData(Root + "/exact/a?b=c", Root + "/exact/a", HttpStatusCode.OK)]
    [InlineData(Root, "*", HttpStatusCode.OK)]
    [InlineData(Root + "/exact/a/urn%3Auuid%3A1", "*", HttpStatusCode.NotFound)]
    [InlineData(Root + "/exact", "*", HttpStatusCode.NotFound)]
    [InlineData(Root + "/exact/a/b/c", "*", HttpStatusCode.NotFound)]
    public async Task Address_is_the_topic_that_must_be_granted(string path, string? granted, HttpStatusCode expected)
    {
        await using var app = await StartAsync();
        using var response = await SendAsync(app, path, granted is null ? null : TestToken.Granting("subscribe", granted).Sign());
        Assert.Equal(expected, response.StatusCode);
    }

    // RFC 9112, section 3.2.2: a whole URL as the target.
    [Fact]
    public async Task Address_may_come_as_a_whole_url()
    {
        await using var app = await StartAsync();
        using var socket = new System.Net.Sockets.TcpClient();
        var url = new Uri(app.Address);
        await socket.ConnectAsync(url.Host, url.Port, Stop);
        await socket.GetStream().WriteAsync(System.Text.Encoding.ASCII.GetBytes($"GET {app.Address}{Root}?a=b HTTP/1.1\r\nHost: {url.Authority}\r\nAuthorization: Bearer {Watching()}\r\nConnection: close\r\n\r\n"), Stop);
        using var reader = new StreamReader(socket.GetStream());
        Assert.StartsWith("HTTP/1.1 200", await reader.ReadLineAsync(Stop), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_the_option_nothing_is_told_or_listed()
    {
        await using var app = await StartAsync(options => options.Subscriptions = false);
        await using var watcher = await OpenAsync(app, "?match=*", Watching());
        await using var subscriber = await app.OpenAsync("?match=a");
        await app.PublishAsync("topic=c&data=open");
        Assert.Equal("open", await watcher.NextDataAsync());
        using var response = await SendAsync(app, Root, Watching());
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    [Fact]
    public async Task What_a_crash_left_open_is_ended_at_the_next_start()
    {
        await using var log = new MemoryEventLog(1 << 20, TimeProvider.System);
        var former = new ActiveSubscription("exact", "a", "urn:uuid:1", Root, "{\"x\":1}");
        var ended = new ActiveSubscription("exact", "a", "urn:uuid:2", Root, null);
        await AppendAsync(log, former, active: true);
        await AppendAsync(log, ended, active: true);
        await AppendAsync(log, ended, active: false);
        await using var app = await StartAsync(log: log);
        await using var watcher = await OpenAsync(app, "?match=*&last_event_id=" + log.Identity.At(3), Watching());
        var told = await NextOfAsync(watcher, "a");
        Assert.Equal(former.Topic, told["id"]!.GetValue<string>());
        Assert.False(told["active"]!.GetValue<bool>());
        Assert.Equal("{\"x\":1}", told["payload"]!.ToJsonString());
        await app.PublishAsync("topic=c&data=last");
        var next = await watcher.NextAsync();
        // Its own beginning may come between.
        if (next.EventType == "mercure") next = await watcher.NextAsync();
        Assert.Equal("last", next.Data);
    }

    private protected static Action<FonteHttpOptions> Configure(Action<FonteHttpOptions>? more) => options =>
    {
        options.Subscriptions = true;
        options.Resource = TestToken.Resource;
        options.Issuers.Add(new() { Issuer = TestToken.Issuer, Secret = TestToken.Secret });
        more?.Invoke(options);
    };

    private static async Task AppendAsync(MemoryEventLog log, ActiveSubscription subscription, bool active) => await log.AppendAsync(
        new() { Events = [new EventDraft { Topics = [subscription.Topic, Root], Data = SubscriptionDocument.Write(subscription, active), Type = "mercure", Private = true }] }, Stop);

    private static string Watching() => TestToken.Granting("subscribe", Root + "{/*}?", "urlpattern").Sign();

    private static async Task<JsonNode> NextOfAsync(EventStreamReader stream, string match)
    {
        while (true)
        {
            var next = await stream.NextAsync();
            Assert.Equal("mercure", next.EventType);
            var document = JsonNode.Parse(next.Data)!;
            if (document["match"]!.GetValue<string>() == match) return document;
        }
    }

    private static Task<HttpResponseMessage> SendAsync(HubApplication app, string path, string? token)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, new Uri(app.Address + path, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }));
        if (token is not null) request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {token}");
        return app.Client.SendAsync(request, Stop);
    }

    private static async Task<JsonNode> GetAsync(HubApplication app, string path, string token)
    {
        using var response = await SendAsync(app, path, token);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return JsonNode.Parse(await response.Content.ReadAsStringAsync(Stop))!;
    }

    private static async Task<EventStreamReader> OpenAsync(HubApplication app, string query, string token)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, Hub + query);
        request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {token}");
        var response = await app.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Stop);
        return new(response, await response.Content.ReadAsStreamAsync(Stop));
    }
}

/// <summary>The same where events go straight to the sockets.</summary>
public sealed class DirectActiveSubscriptionsTests : ActiveSubscriptionsTests
{
    private protected override Task<HubApplication> StartAsync(Action<FonteHttpOptions>? configure = null, IEventLog? log = null) =>
        log is null ? StartDirectAsync(Configure(configure)) : base.StartAsync(configure, log);
}
