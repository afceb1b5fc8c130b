using System.Net;
using System.Text.Json.Nodes;
using Fonte.AspNetCore.Tests.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using static Fonte.AspNetCore.Tests.HubApplication;

namespace Fonte.AspNetCore.Tests;

public sealed class MountPathTests
{
    private const string Path = "/api/hub";

    [Theory]
    [InlineData("/api/hub", HttpStatusCode.BadRequest)]
    [InlineData("/api/hub/subscriptions/x", HttpStatusCode.BadRequest)]
    [InlineData("https://other.example/api/%68ub/x", HttpStatusCode.BadRequest)]
    [InlineData("/api/a/../hub", HttpStatusCode.BadRequest)]
    [InlineData("/api/hubs", HttpStatusCode.OK)]
    [InlineData("/.well-known/mercure/x", HttpStatusCode.OK)]
    public async Task The_reserved_topics_follow_the_path(string topic, HttpStatusCode expected)
    {
        await using var app = await MountedAsync();
        using var response = await app.Client.PostAsync(new Uri(Path, UriKind.Relative), new FormUrlEncodedContent([new("topic", topic)]), Stop);
        Assert.Equal(expected, response.StatusCode);
        var fromCode = await app.Services.GetRequiredService<IEventPublisher>().PublishAsync(new EventDraft { Topics = [topic] }, Stop);
        Assert.Equal(expected == HttpStatusCode.OK, fromCode.IsPublished);
    }

    [Fact]
    public async Task Streams_and_metadata_are_at_the_path_and_nothing_is_at_the_other()
    {
        await using var app = await MountedAsync();
        await using var stream = await app.OpenAsync("?match=a", path: Path);
        using (var published = await app.Client.PostAsync(new Uri(Path, UriKind.Relative), new FormUrlEncodedContent([new("topic", "a"), new("data", "x")]), Stop))
            Assert.Equal(HttpStatusCode.OK, published.StatusCode);
        Assert.Equal("x", await stream.NextDataAsync());
        var metadata = JsonNode.Parse(await app.Client.GetStringAsync(new Uri("/.well-known/oauth-protected-resource" + Path, UriKind.Relative), Stop))!;
        Assert.Equal(app.Address + Path, metadata["resource"]!.GetValue<string>());
        using var other = await app.PostAsync("topic=a");
        Assert.Equal(HttpStatusCode.NotFound, other.StatusCode);
        using var link = await app.Client.GetAsync(new Uri("/linked", UriKind.Relative), Stop);
        Assert.StartsWith($"<{app.Address}{Path}>;", link.Headers.GetValues("Link").Single(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_group_of_routes_is_refused()
    {
        var refused = await Assert.ThrowsAsync<ArgumentException>(() => StartAsync(map: web => web.MapGroup("/x").MapFonte()));
        Assert.Contains("give the whole path", refused.Message, StringComparison.Ordinal);
    }

    // A proxy takes the beginning of the path away.
    [Fact]
    public async Task The_path_of_the_resource_is_reserved_too_and_its_metadata_are_there()
    {
        const string resource = "https://hub.example/proxied" + Hub;
        await using var app = await StartAsync(options => options.Resource = resource);
        foreach (var topic in (string[])["/proxied/.well-known/mercure/subscriptions/x", "https://hub.example/proxied/.well-known/mercure", "/.well-known/mercure/x"])
        {
            using var response = await app.PostAsync("topic=" + Uri.EscapeDataString(topic));
            Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        }
        foreach (var path in (string[])["/proxied" + Hub, Hub])
        {
            var metadata = JsonNode.Parse(await app.Client.GetStringAsync(new Uri("/.well-known/oauth-protected-resource" + path, UriKind.Relative), Stop))!;
            Assert.Equal(resource, metadata["resource"]!.GetValue<string>());
        }
    }

    [Theory]
    [InlineData("https://hub.example/other")]
    [InlineData("https://hub.example/a%20b/.well-known/mercure")]
    [InlineData("https://hub.example:443/.well-known/mercure")]
    [InlineData("https://hub.example")]
    public async Task A_resource_at_another_path_is_refused(string resource) =>
        await Assert.ThrowsAsync<Microsoft.Extensions.Options.OptionsValidationException>(() => StartAsync(options => options.Resource = resource));

    [Fact]
    public async Task A_token_must_be_for_the_path_and_subscriptions_lie_below_it()
    {
        await using var app = await MountedAsync();
        await using var stream = await app.OpenAsync("?match=a", path: Path);
        using var list = await ListAsync(app, app.Address + Path);
        var subscription = JsonNode.Parse(await list.Content.ReadAsStringAsync(Stop))!["subscriptions"]!.AsArray().Single()!;
        Assert.StartsWith($"{Path}/subscriptions/exact/a/", subscription["id"]!.GetValue<string>(), StringComparison.Ordinal);
        using var single = await ListAsync(app, app.Address + Path, subscription["id"]!.GetValue<string>());
        Assert.Equal(HttpStatusCode.OK, single.StatusCode);
        using var other = await ListAsync(app, app.Address + Hub);
        Assert.Equal(HttpStatusCode.Unauthorized, other.StatusCode);
    }

    [Theory]
    [InlineData("")]
    [InlineData("/")]
    [InlineData("hub")]
    [InlineData("/hub/")]
    [InlineData("//hub")]
    [InlineData("/a/../hub")]
    [InlineData("/{hub}")]
    [InlineData("/h%75b")]
    [InlineData("/hub?a")]
    public async Task Wrong_path_is_refused(string path)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Services.AddFonte();
        await using var app = builder.Build();
        Assert.Throws<ArgumentException>(() => app.MapFonte(path));
    }

    [Fact]
    public async Task One_hub_is_mapped_once()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Services.AddFonte();
        await using var app = builder.Build();
        app.MapFonte("/hub");
        Assert.Contains("once", Assert.Throws<InvalidOperationException>(() => app.MapFonte()).Message, StringComparison.Ordinal);
    }

    private static Task<HttpResponseMessage> ListAsync(HubApplication app, string audience, string path = Path + "/subscriptions")
    {
        var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Authorization = new("Bearer", TestToken.Granting("subscribe", Path + "/subscriptions{/*}?", "urlpattern").With("aud", audience).Sign());
        return app.Client.SendAsync(request, Stop);
    }

    private static Task<HubApplication> MountedAsync() => HubApplication.StartAsync(
        options =>
        {
            options.Subscriptions = true;
            options.Issuers.Add(new() { Issuer = TestToken.Issuer, Secret = TestToken.Secret });
        },
        map: app => app.MapGet("/linked", () => Results.Text("x")).WithMercureLink(),
        path: Path);
}
