using System.Net;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using static Fonte.AspNetCore.Tests.HubApplication;

namespace Fonte.AspNetCore.Tests.Authorization;

/// <summary>What tokens allow (Mercure draft -08, "Authorization"). On the ordinary path to the socket and on the direct one.</summary>
public class AuthorizationTests
{
    private protected virtual Task<HubApplication> StartAsync(Action<FonteHttpOptions>? configure = null) => HubApplication.StartAsync(Configure(configure));

    [Fact]
    public async Task Publishing_without_a_token_is_challenged_without_an_error_code()
    {
        await using var app = await StartAsync();
        using var response = await app.PostAsync("topic=a");
        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Equal("Bearer resource_metadata=\"https://hub.example/.well-known/oauth-protected-resource/.well-known/mercure\"", response.Headers.WwwAuthenticate.ToString());
    }

    [Theory]
    [InlineData("topic=a", HttpStatusCode.OK)]
    [InlineData("topic=/books/1", HttpStatusCode.OK)]
    [InlineData("topic=a&topic=/books/1", HttpStatusCode.OK)]
    [InlineData("topic=b", HttpStatusCode.Forbidden)]
    [InlineData("topic=a&topic=b", HttpStatusCode.Forbidden)]
    [InlineData("topic=/books/1/pages", HttpStatusCode.Forbidden)]
    [InlineData("topic=/.well-known/mercure/x", HttpStatusCode.BadRequest)]
    [InlineData("topic=*", HttpStatusCode.BadRequest)]
    public async Task Every_topic_must_be_granted_and_none_may_be_the_hubs(string form, HttpStatusCode expected)
    {
        await using var app = await StartAsync();
        var token = TestToken.Granting("publish", "a");
        token.Details.Add(TestToken.Detail("publish", "/books/:id", "urlpattern"));
        token.Details.Add(TestToken.Detail("subscribe", "*"));
        using var response = await PostAsync(app, form, token.Sign());
        Assert.Equal(expected, response.StatusCode);
        Assert.Equal(expected == HttpStatusCode.Forbidden, response.Headers.WwwAuthenticate.ToString().Contains("error=\"insufficient_scope\"", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Private_events_go_to_those_who_are_granted_one_of_their_topics_live_and_on_replay()
    {
        await using var app = await StartAsync();
        await using var granted = await OpenAsync(app, "?match=*", TestToken.Granting("subscribe", "/users/42/*", "urlpattern").Sign());
        await using var other = await OpenAsync(app, "?match=*", TestToken.Granting("subscribe", "/users/43/*", "urlpattern").Sign());
        await using var publisher = await OpenAsync(app, "?match=*", TestToken.Granting("publish", "*").Sign());
        await using var stranger = await app.OpenAsync("?match=*");
        await using var elsewhere = await OpenAsync(app, "?match=/users/42/books/2", TestToken.Granting("subscribe", "*").Sign());
        foreach (var form in (string[])["topic=/books/1&topic=/users/42/books/1&private&data=secret", "topic=/books/2&data=open", "topic=/users/42/books/2&private=&data=second"])
        {
            using var response = await PostAsync(app, form, TestToken.Granting("publish", "*").Sign());
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        }
        await AssertDataAsync(granted, "secret", "open", "second");
        await AssertDataAsync(elsewhere, "second");
        using (var last = await PostAsync(app, "topic=c&data=last", TestToken.Granting("publish", "*").Sign())) Assert.Equal(HttpStatusCode.OK, last.StatusCode);
        foreach (var stream in (EventStreamReader[])[other, publisher, stranger]) await AssertDataAsync(stream, "open", "last");
        await using var again = await OpenAsync(app, "?match=*&last_event_id=earliest", TestToken.Granting("subscribe", "/users/42/*", "urlpattern").Sign());
        await AssertDataAsync(again, "secret", "open", "second", "last");
        await using var shrunk = await OpenAsync(app, "?match=*&last_event_id=earliest", TestToken.Granting("subscribe", "/users/42/books/2").Sign());
        await AssertDataAsync(shrunk, "open", "second", "last");
        await using var replayed = await app.OpenAsync("?match=*&last_event_id=earliest");
        await AssertDataAsync(replayed, "open", "last");
    }

    [Fact]
    public async Task Where_subscribing_needs_a_token_one_without_grants_gets_public_events()
    {
        await using var app = await StartAsync(options => options.AnonymousSubscribe = false);
        await using var without = await app.OpenAsync("?match=a");
        Assert.Equal(HttpStatusCode.Unauthorized, without.Response.StatusCode);
        await using var with = await OpenAsync(app, "?match=a", new TestToken().Sign());
        Assert.Equal(HttpStatusCode.OK, with.Response.StatusCode);
    }

    [Fact]
    public async Task Stream_ends_no_later_than_its_token()
    {
        await using var app = await StartAsync();
        var expires = TestToken.Now() + 4;
        await using var stream = await OpenAsync(app, "?match=a", TestToken.Granting("subscribe", "*").With("exp", expires).Sign());
        Assert.StartsWith("retry: ", await stream.ReadToEndAsync(), StringComparison.Ordinal);
        Assert.True(TestToken.Now() <= expires, "The stream outlived its token.");
    }

    [Fact]
    public async Task Streams_of_one_address_or_one_subject_are_limited_while_they_are_open()
    {
        await using var app = await StartAsync(options => (options.MaxStreamsPerAddress, options.MaxStreamsPerSubject) = (3, 1));
        var hub = app.Services.GetRequiredService<FonteHost>().HubIfReady!;
        await using (var first = await OpenAsync(app, "?match=a", TestToken.Granting("subscribe", "a").Sign()))
        {
            await first.ReadUntilAsync(":0\n\n");
            await using var second = await OpenAsync(app, "?match=a", TestToken.Granting("subscribe", "b").Sign());
            Assert.Equal(HttpStatusCode.TooManyRequests, second.Response.StatusCode);
            Assert.Equal(TimeSpan.FromSeconds(30), second.Response.Headers.RetryAfter!.Delta);
            await using var other = await OpenAsync(app, "?match=a", TestToken.Granting("subscribe", "b").With("sub", "other").Sign());
            await using var anonymous = await app.OpenAsync("?match=a");
            foreach (var stream in (EventStreamReader[])[other, anonymous]) await stream.ReadUntilAsync(":0\n\n");
            await using var fourth = await app.OpenAsync("?match=a");
            Assert.Equal(HttpStatusCode.TooManyRequests, fourth.Response.StatusCode);
        }
        while (hub.Subscribers > 0) await Task.Yield();
        await using var again = await OpenAsync(app, "?match=a", TestToken.Granting("subscribe", "a").Sign());
        Assert.Equal(HttpStatusCode.OK, again.Response.StatusCode);
    }

    [Fact]
    public async Task Cookie_is_used_and_the_field_wins_over_it()
    {
        await using var app = await StartAsync();
        var cookie = $"__Secure-mercure_access_token={TestToken.Granting("subscribe", "*").Sign()}";
        await using var byCookie = await OpenAsync(app, "?match=a", null, cookie);
        await using var byField = await OpenAsync(app, "?match=a", TestToken.Granting("subscribe", "b").Sign(), cookie);
        await using var wrong = await OpenAsync(app, "?match=a", "wrong", cookie);
        Assert.Equal(HttpStatusCode.Unauthorized, wrong.Response.StatusCode);
        foreach (var form in (string[])["topic=a&private&data=secret", "topic=a&data=open"])
            using (await PostAsync(app, form, TestToken.Granting("publish", "*").Sign())) { }
        await AssertDataAsync(byCookie, "secret", "open");
        await AssertDataAsync(byField, "open");
    }

    [Theory]
    [InlineData("authorization")]
    [InlineData("access_token")]
    public async Task Token_in_the_url_is_not_accepted(string parameter)
    {
        await using var app = await StartAsync(options => options.AnonymousSubscribe = false);
        await using var stream = await app.OpenAsync($"?match=a&{parameter}={TestToken.Granting("subscribe", "*").Sign()}");
        Assert.Equal(HttpStatusCode.Unauthorized, stream.Response.StatusCode);
    }

    [Theory]
    [InlineData("Origin", "https://hub.example", HttpStatusCode.OK)]
    [InlineData("Origin", "https://app.example", HttpStatusCode.OK)]
    [InlineData("Referer", "https://app.example/page?a", HttpStatusCode.OK)]
    [InlineData("Origin", "https://evil.example", HttpStatusCode.Forbidden)]
    [InlineData("Origin", "https://app.example.evil.example", HttpStatusCode.Forbidden)]
    [InlineData("Origin", "null", HttpStatusCode.Forbidden)]
    [InlineData("Referer", "https://evil.example/https://app.example", HttpStatusCode.Forbidden)]
    [InlineData("X-Nothing", "x", HttpStatusCode.Forbidden)]
    public async Task With_the_cookie_only_pages_of_listed_origins_publish(string field, string value, HttpStatusCode expected)
    {
        await using var app = await StartAsync(options => options.CookieOrigins.Add("https://app.example"));
        using var request = new HttpRequestMessage(HttpMethod.Post, Hub) { Content = new StringContent("topic=a", null, "application/x-www-form-urlencoded") };
        request.Headers.TryAddWithoutValidation("Cookie", $"__Secure-mercure_access_token={TestToken.Granting("publish", "a").Sign()}");
        request.Headers.TryAddWithoutValidation(field, value);
        using var response = await app.Client.SendAsync(request, Stop);
        Assert.Equal(expected, response.StatusCode);
    }

    [Fact]
    public async Task Metadata_tell_what_the_hub_is()
    {
        await using var app = await StartAsync(options => options.AuthorizationServers.Add("https://issuer.example"));
        var metadata = JsonNode.Parse(await app.Client.GetStringAsync(new Uri("/.well-known/oauth-protected-resource/.well-known/mercure", UriKind.Relative), Stop))!;
        Assert.Equal(TestToken.Resource, metadata["resource"]!.GetValue<string>());
        Assert.Equal("https://mercure.rocks/authorization-detail", metadata["authorization_details_types_supported"]![0]!.GetValue<string>());
        Assert.Equal("header", metadata["bearer_methods_supported"]![0]!.GetValue<string>());
        Assert.Equal("__Secure-mercure_access_token", metadata["mercure_cookie"]!.GetValue<string>());
        Assert.Equal("https://issuer.example", metadata["authorization_servers"]![0]!.GetValue<string>());
        Assert.Null(metadata["mercure_subscriptions"]);
    }

    [Fact]
    public async Task Without_a_resource_a_token_must_be_for_the_url_of_the_request()
    {
        await using var app = await StartAsync(options => options.Resource = null);
        using var response = await PostAsync(app, "topic=a", TestToken.Granting("publish", "a").With("aud", app.Address + Hub).Sign());
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        using var other = await PostAsync(app, "topic=a", TestToken.Granting("publish", "a").Sign());
        Assert.Equal(HttpStatusCode.Unauthorized, other.StatusCode);
    }

    [Fact]
    public async Task Keys_of_a_jwk_set_are_fetched_and_rotate()
    {
        using var first = new TestKey("first");
        using var second = new TestKey("second");
        var keys = new List<TestKey> { first };
        await using var issuer = await HubApplication.StartAsync(map: web => web.MapGet("/keys", (HttpContext context) => context.Response.WriteAsync(TestKey.SetOf(keys))));
        await using var app = await StartAsync(options =>
        {
            options.Issuers.Clear();
            options.Issuers.Add(new() { Issuer = TestToken.Issuer, JwksUrl = issuer.Address + "/keys" });
        });
        using (var response = await PostAsync(app, "topic=a", first.Sign(TestToken.Granting("publish", "a")))) Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        using (var response = await PostAsync(app, "topic=a", second.Sign(TestToken.Granting("publish", "a")))) Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }

    private protected static Action<FonteHttpOptions> Configure(Action<FonteHttpOptions>? more) => options =>
    {
        options.AnonymousPublish = false;
        options.Resource = TestToken.Resource;
        options.Issuers.Add(new() { Issuer = TestToken.Issuer, Secret = TestToken.Secret });
        more?.Invoke(options);
    };

    private static async Task AssertDataAsync(EventStreamReader stream, params string[] expected)
    {
        foreach (var data in expected) Assert.Equal(data, await stream.NextDataAsync());
    }

    private static Task<HttpResponseMessage> PostAsync(HubApplication app, string form, string token)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, Hub) { Content = new StringContent(form, null, "application/x-www-form-urlencoded") };
        request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {token}");
        return app.Client.SendAsync(request, Stop);
    }

    private static async Task<EventStreamReader> OpenAsync(HubApplication app, string query, string? token, string? cookie = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, Hub + query);
        if (token is not null) request.Headers.TryAddWithoutValidation("Authorization", $"bearer {token}");
        if (cookie is not null) request.Headers.TryAddWithoutValidation("Cookie", cookie);
        var response = await app.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Stop);
        return new(response, await response.Content.ReadAsStreamAsync(Stop));
    }
}

/// <summary>The same where events go straight to the sockets.</summary>
public sealed class DirectAuthorizationTests : AuthorizationTests
{
    private protected override Task<HubApplication> StartAsync(Action<FonteHttpOptions>? configure = null) => StartDirectAsync(Configure(configure));
}
