using System.Net;
using Fonte.AspNetCore.Tests.Authorization;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using static Fonte.AspNetCore.Tests.HubApplication;

namespace Fonte.AspNetCore.Tests.Revoking;

/// <summary>Streams that are ended and tokens that are taken back, from code and over HTTP. On the ordinary path to the socket and on the direct one.</summary>
public class StreamControlTests
{
    private const string Kicks = Hub + "/kicks";
    private const string Revocations = Hub + "/revocations";

    private protected virtual Task<HubApplication> StartAsync(Action<FonteHttpOptions>? configure = null) => HubApplication.StartAsync(Configure(configure));

    [Theory]
    [InlineData("subject=s")]
    [InlineData("subject=s&issuer=https://issuer.example")]
    [InlineData("token_id=1")]
    public async Task Kicked_stream_ends_and_may_come_back(string form)
    {
        await using var app = await StartAsync();
        var token = Of("s", "1");
        await using var kicked = await OpenAsync(app, token);
        await using var other = await OpenAsync(app, Of("t", "2"));
        await using var nobodys = await app.OpenAsync("?match=a");
        Assert.Equal("""{"streams":1}""", await SendAsync(app, Kicks, form, Operator(Kicks)));
        Assert.EndsWith("\n\n", await kicked.ReadToEndAsync(), StringComparison.Ordinal);
        await using var again = await OpenAsync(app, token);
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(app, HttpMethod.Post, Hub, "topic=a&data=1", Of("t", "2")));
        foreach (var stream in (EventStreamReader[])[other, nobodys, again]) Assert.Equal("1", await stream.NextDataAsync());
        Assert.Equal("""{"streams":0}""", await SendAsync(app, Kicks, "subject=nobody", Operator(Kicks)));
    }

    [Fact]
    public async Task Stream_is_kicked_by_its_subscriber()
    {
        await using var app = await StartAsync(options => options.Subscriptions = true);
        await using var stream = await app.OpenAsync("?match=a");
        await stream.ReadUntilAsync("id: ");
        var all = app.Services.GetRequiredService<FonteHost>().Subscriptions!.All.Single();
        Assert.Equal("""{"streams":1}""", await SendAsync(app, Kicks, "subscriber=" + Uri.EscapeDataString(all.Subscriber), Operator(Kicks)));
        await stream.ReadToEndAsync();
    }

    [Theory]
    [InlineData("subject=s")]
    [InlineData("token_id=1")]
    public async Task Revoked_token_ends_its_streams_and_is_refused_everywhere(string form)
    {
        await using var app = await StartAsync(options => options.Subscriptions = true);
        var token = Of("s", "1");
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(app, HttpMethod.Post, Hub, "topic=a", token));
        await using var revoked = await OpenAsync(app, token);
        await using var other = await OpenAsync(app, Of("t", "2"));
        Assert.Equal("""{"streams":1}""", await SendAsync(app, Revocations, form, Operator(Revocations)));
        await revoked.ReadToEndAsync();
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(app, HttpMethod.Post, Hub, "topic=a", token));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(app, HttpMethod.Get, Hub + "?match=a", null, token));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(app, HttpMethod.Get, Hub + "/subscriptions", null, token));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(app, HttpMethod.Get, Hub + "?match=a", null, token, cookie: true));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(app, HttpMethod.Post, Hub, "topic=a&data=1", Of("t", "2")));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(app, HttpMethod.Post, Hub, "topic=a&data=1", Of("s", "3", TestToken.Now() + 5)));
        Assert.Equal("1", await other.NextDataAsync());
    }

    [Fact]
    public async Task Revocation_outlives_a_restart_and_ends_when_it_says()
    {
        var folder = Directory.CreateTempSubdirectory("fonte-revoking").FullName;
        try
        {
            var token = Of("s", "1");
            await using (var app = await StartAsync(options => options.Data = folder))
            {
                await SendAsync(app, Revocations, "token_id=1", Operator(Revocations));
                await SendAsync(app, Revocations, "token_id=2&expires=2020-01-01T00:00:00Z", Operator(Revocations));
            }
            await using (var app = await StartAsync(options => options.Data = folder))
            {
                Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(app, HttpMethod.Post, Hub, "topic=a", token));
                Assert.Equal(HttpStatusCode.OK, await StatusAsync(app, HttpMethod.Post, Hub, "topic=a", Of("s", "2")));
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    // The records stand where nobody may publish, whatever the hub's path is.
    [Fact]
    public async Task Revocation_moves_with_the_hub_to_another_path_and_no_publisher_makes_one()
    {
        var folder = Directory.CreateTempSubdirectory("fonte-revoking").FullName;
        try
        {
            var token = Of("s", "1");
            await using (var app = await StartAsync(options => options.Data = folder))
            {
                await SendAsync(app, Revocations, "token_id=1", Operator(Revocations));
                foreach (var topic in (string[])["urn:fonte:revocations", "URN:fonte:x"])
                    Assert.Equal(HttpStatusCode.BadRequest, await StatusAsync(app, HttpMethod.Post, Hub, "topic=" + topic, Of("t", "2")));
                Assert.Equal(HttpStatusCode.OK, await StatusAsync(app, HttpMethod.Post, Hub, "topic=/hub/revocations&private=on&data=garbage", Of("t", "2")));
            }
            await using (var app = await HubApplication.StartAsync(Configure(options => (options.Data, options.Resource) = (folder, null)), path: "/hub"))
            {
                var audience = app.Address + "/hub";
                Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(app, HttpMethod.Post, "/hub", "topic=a", TestToken.Granting("publish", "*").With("jti", "1").With("aud", audience).Sign()));
                Assert.Equal(HttpStatusCode.OK, await StatusAsync(app, HttpMethod.Post, "/hub", "topic=a", TestToken.Granting("publish", "*").With("jti", "2").With("aud", audience).Sign()));
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task Application_ends_streams_itself()
    {
        await using var app = await StartAsync();
        var control = app.Services.GetRequiredService<IStreamControl>();
        await using var first = await OpenAsync(app, Of("s", "1"));
        await using var second = await OpenAsync(app, Of("s", "2"));
        await first.ReadUntilAsync("id: ");
        await second.ReadUntilAsync("id: ");
        Assert.Equal(1, await control.KickAsync(new(TokenId: "1"), Stop));
        Assert.Equal(new(RevocationOutcome.Revoked, 1), await control.RevokeAsync(new(Subject: "s"), cancellationToken: Stop));
        await first.ReadToEndAsync();
        await second.ReadToEndAsync();
        await Assert.ThrowsAsync<ArgumentException>(() => control.KickAsync(new(), Stop));
        await Assert.ThrowsAsync<ArgumentException>(() => control.KickAsync(new("https://other.example", "s"), Stop));
        await Assert.ThrowsAsync<ArgumentException>(() => control.RevokeAsync(new(Subscriber: "urn:uuid:1"), cancellationToken: Stop));
    }

    [Theory]
    [InlineData("", 400)]
    [InlineData("subject=", 400)]
    [InlineData("subject=s&token_id=1", 400)]
    [InlineData("subject=s&subject=t", 400)]
    [InlineData("Subject=s", 400)]
    [InlineData("subject=s&sub=t", 400)]
    [InlineData("subject=a%0Ab", 400)]
    [InlineData("subject=%FF", 400)]
    [InlineData("subject=s&issuer=https://other.example", 400)]
    [InlineData("subject=s&expires=tomorrow", 400)]
    [InlineData("token_id=1&expires=2030-01-01T00:00:00Z", 400, 200)]
    [InlineData("subscriber=urn:uuid:1", 200, 400)]
    public async Task What_does_not_say_whose_is_refused(string form, int kicked, int? revoked = null)
    {
        await using var app = await StartAsync();
        Assert.Equal((HttpStatusCode)kicked, await StatusAsync(app, HttpMethod.Post, Kicks, form, Operator(Kicks)));
        Assert.Equal((HttpStatusCode)(revoked ?? kicked), await StatusAsync(app, HttpMethod.Post, Revocations, form, Operator(Revocations)));
    }

    [Fact]
    public async Task Text_and_body_that_are_too_long_are_refused()
    {
        await using var app = await StartAsync();
        Assert.Equal(HttpStatusCode.BadRequest, await StatusAsync(app, HttpMethod.Post, Kicks, "subject=" + new string('s', 1025), Operator(Kicks)));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(app, HttpMethod.Post, Kicks, "subject=" + new string('s', 1024), Operator(Kicks)));
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, await StatusAsync(app, HttpMethod.Post, Kicks, "subject=" + new string('s', 17_000), Operator(Kicks)));
    }

    [Fact]
    public async Task With_several_issuers_one_must_be_named()
    {
        await using var app = await StartAsync(options => options.Issuers.Add(new() { Issuer = "https://other.example", Secret = "the secret of another issuer, of thirty-two" }));
        Assert.Equal(HttpStatusCode.BadRequest, await StatusAsync(app, HttpMethod.Post, Kicks, "subject=s", Operator(Kicks)));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(app, HttpMethod.Post, Kicks, "subject=s&issuer=https://other.example", Operator(Kicks)));
    }

    [Theory]
    [InlineData(null, null, 401)]
    [InlineData("*", null, 403)]
    [InlineData(Hub + "/*", "urlpattern", 403)]
    [InlineData(Revocations, null, 403)]
    [InlineData(Kicks, null, 200)]
    public async Task Only_a_grant_by_name_is_enough(string? match, string? type, int expected)
    {
        await using var app = await StartAsync();
        var token = match is null ? null : TestToken.Granting("publish", match, type).Sign();
        Assert.Equal((HttpStatusCode)expected, await StatusAsync(app, HttpMethod.Post, Kicks, "subject=s", token));
    }

    [Fact]
    public async Task Grant_to_subscribe_is_none_and_a_foreign_page_may_not_use_the_cookie()
    {
        await using var app = await StartAsync();
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(app, HttpMethod.Post, Kicks, "subject=s", TestToken.Granting("subscribe", Kicks).Sign()));
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(app, HttpMethod.Post, Kicks, "subject=s", Operator(Kicks), cookie: true, origin: "https://evil.example"));
    }

    [Fact]
    public async Task Where_anyone_may_publish_not_anyone_may_kick_or_revoke()
    {
        await using var app = await StartAsync(options => options.AnonymousPublish = true);
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(app, HttpMethod.Post, Kicks, "subject=s", null));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(app, HttpMethod.Post, Revocations, "subject=s", null));
    }

    private protected static Action<FonteHttpOptions> Configure(Action<FonteHttpOptions>? more) => options =>
    {
        options.AnonymousPublish = false;
        options.Resource = TestToken.Resource;
        options.Issuers.Add(new() { Issuer = TestToken.Issuer, Secret = TestToken.Secret });
        more?.Invoke(options);
    };

    private static string Operator(string topic) => TestToken.Granting("publish", topic).With("sub", "operator").With("jti", "operator").Sign();

    private static string Of(string subject, string id, long? issuedAt = null)
    {
        var token = TestToken.Granting("publish", "*").With("sub", subject).With("jti", id);
        token.Details.Add(TestToken.Detail("subscribe", "*"));
        return (issuedAt is null ? token : token.With("iat", issuedAt)).Sign();
    }

    private static async Task<string> SendAsync(HubApplication app, string path, string form, string token)
    {
        using var response = await app.Client.SendAsync(Request(HttpMethod.Post, path, form, token), Stop);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return await response.Content.ReadAsStringAsync(Stop);
    }

    private static async Task<HttpStatusCode> StatusAsync(HubApplication app, HttpMethod method, string path, string? form, string? token, bool cookie = false, string? origin = null)
    {
        using var request = Request(method, path, form, token, cookie);
        if (origin is not null) request.Headers.TryAddWithoutValidation("Origin", origin);
        using var response = await app.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Stop);
        return response.StatusCode;
    }

    private static async Task<EventStreamReader> OpenAsync(HubApplication app, string token)
    {
        var response = await app.Client.SendAsync(Request(HttpMethod.Get, Hub + "?match=a", null, token), HttpCompletionOption.ResponseHeadersRead, Stop);
        return new(response, await response.Content.ReadAsStreamAsync(Stop));
    }

    private static HttpRequestMessage Request(HttpMethod method, string path, string? form, string? token, bool cookie = false)
    {
        var request = new HttpRequestMessage(method, path);
        if (form is not null) request.Content = new StringContent(form, null, "application/x-www-form-urlencoded");
        if (token is not null && cookie) request.Headers.TryAddWithoutValidation("Cookie", $"__Secure-mercure_access_token={token}");
        else if (token is not null) request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {token}");
        return request;
    }
}

/// <summary>The same where events go straight to the sockets.</summary>
public sealed class DirectStreamControlTests : StreamControlTests
{
    private protected override Task<HubApplication> StartAsync(Action<FonteHttpOptions>? configure = null) => StartDirectAsync(Configure(configure));
}
