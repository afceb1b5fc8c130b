using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Fonte.AspNetCore.Tests.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Xunit;
using static Fonte.AspNetCore.Tests.HubApplication;

namespace Fonte.AspNetCore.Tests.Compatibility;

/// <summary>Clients of Mercure 0.x, with the option that lets them in and without.</summary>
public sealed class Mercure0xTests
{
    private const string Root = "/.well-known/mercure/subscriptions";
    private const string Book = "https://example.com/books/1";
    private const string Books = "https://example.com/books/{id}";

    [Fact]
    public async Task Topic_parameters_are_templates_texts_or_all()
    {
        await using var app = await StartAsync();
        await using var books = await app.OpenAsync("?topic=" + Uri.EscapeDataString(Books));
        await using var two = await app.OpenAsync($"?topic=other&topic={Uri.EscapeDataString(Book)}&match=third");
        await using var all = await app.OpenAsync("?topic=*");
        await app.PublishAsync("topic=other&data=1");
        await app.PublishAsync($"topic={Book}&data=2");
        await app.PublishAsync("topic=third&data=3");
        await app.PublishAsync($"topic={Book}/4&data=4");
        await app.PublishAsync($"topic={Book}&data=5");
        Assert.Equal(["2", "5"], await TakeAsync(books, 2));
        Assert.Equal(["1", "2", "3", "5"], await TakeAsync(two, 4));
        Assert.Equal(["1", "2", "3", "4", "5"], await TakeAsync(all, 5));
    }

    [Fact]
    public async Task Templates_select_on_replay_too()
    {
        await using var app = await StartAsync();
        await app.PublishAsync($"topic={Book}&data=1");
        await app.PublishAsync($"topic={Book}/pages&data=2");
        await app.PublishAsync("topic=https://example.com/books/2&data=3");
        await using var stream = await app.OpenAsync($"?topic={Uri.EscapeDataString(Books)}&lastEventID=earliest");
        Assert.Equal(["1", "3"], await TakeAsync(stream, 2));
    }

    [Theory]
    [InlineData("?lastEventID=")]
    [InlineData("?Last-Event-ID=")]
    [InlineData("?last_event_id=")]
    public async Task Cursor_may_have_its_former_names_and_is_answered_under_both(string parameter)
    {
        await using var app = await StartAsync();
        var id = await app.PublishAsync("topic=a&id=%C3%A9&data=1");
        await app.PublishAsync("topic=a&data=2");
        await using var stream = await app.OpenAsync(parameter + Uri.EscapeDataString(id) + "&topic=a");
        Assert.Equal(id, stream.Preceding);
        Assert.Equal(id, stream.Response.Headers.GetValues("Last-Event-ID").Single());
        Assert.Equal("2", await stream.NextDataAsync());
    }

    [Theory]
    [InlineData("?topic=", "match-invalid")]
    [InlineData("?topic=a%00b", "match-invalid")]
    [InlineData("?topic=%FF", "invalid-utf8")]
    [InlineData("?topic={a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q,r,s,t,u,v,w,x,y,z,a1,b1,c1,d1,e1,f1,g1,h1,i1,j1,k1,l1,m1,n1,o1,p1,q1,r1,s1,t1,u1,v1,w1,x1,y1,z1,a2,b2,c2,d2,e2,f2,g2,h2,i2,j2,k2,l2,m2,n2,o2,p2,q2}", "match-invalid")]
    [InlineData("?topic=a&lastEventID=%FF", "invalid-utf8")]
    public async Task What_cannot_be_a_selector_is_told(string query, string problem)
    {
        await using var app = await StartAsync();
        using var response = await app.Client.GetAsync(new Uri(Hub + query, UriKind.Relative), Stop);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains(problem, await response.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Selectors_and_matchers_have_one_limit()
    {
        await using var app = await StartAsync(options => options.MaxMatchers = 2);
        using var response = await app.Client.GetAsync(new Uri(Hub + "?match=a&topic=b&topic=c", UriKind.Relative), Stop);
        Assert.Contains("too-many-matchers", await response.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Book, HttpStatusCode.OK)]
    [InlineData(Book + "/pages", HttpStatusCode.Forbidden)]
    [InlineData("a", HttpStatusCode.OK)]
    [InlineData("b", HttpStatusCode.Forbidden)]
    public async Task Claim_grants_publishing_by_selectors(string topic, HttpStatusCode expected)
    {
        await using var app = await StartAsync();
        Assert.Equal(expected, await PublishAsync(app, Token(publish: [Books, "a"]).Sign(), topic));
    }

    [Fact]
    public async Task Claim_grants_private_events_by_selectors()
    {
        await using var app = await StartAsync();
        await using var reader = await OpenAsync(app, "?topic=*", Token(subscribe: ["https://example.com/users/foo/{?topic}"]).Sign());
        await using var stranger = await OpenAsync(app, "?topic=*", Token(subscribe: []).Sign());
        await app.PublishAsync($"topic={Book}&topic={Uri.EscapeDataString($"https://example.com/users/foo/?topic={Uri.EscapeDataString(Book)}")}&private=on&data=mine");
        await app.PublishAsync($"topic={Book}&private=on&data=not");
        await app.PublishAsync($"topic={Book}&data=open");
        Assert.Equal(["mine", "open"], await TakeAsync(reader, 2));
        Assert.Equal(["open"], await TakeAsync(stranger, 1));
    }

    public static TheoryData<string> Right => [.. RightTokens.Keys];

    // What the hubs of 0.x took for a token.
    private static Dictionary<string, Func<TestToken>> RightTokens => new()
    {
        ["no more than the claim"] = () => Token(publish: ["*"]),
        ["no typ"] = () => Token(publish: ["*"]).WithHeader("typ", null),
        ["namespaced"] = () => Bare().With("https://mercure.rocks/", new JsonObject { ["publish"] = new JsonArray("*") }),
        ["exp"] = () => Token(publish: ["*"]).With("exp", TestToken.Now() + 60),
        ["aud of the hub"] = () => Token(publish: ["*"]).With("aud", TestToken.Resource),
        ["iss of an issuer"] = () => Token(publish: ["*"]).With("iss", TestToken.Issuer),
        ["iss of nobody"] = () => Token(publish: ["*"]).With("iss", "https://stranger.example"),
        ["null for what it does not grant"] = () => Bare().With("mercure", new JsonObject { ["publish"] = new JsonArray("*"), ["subscribe"] = null }),
        ["other claims"] = () => Token(publish: ["*"]).With("authorization_details", "not read").With("sub", "someone"),
    };

    [Theory]
    [MemberData(nameof(Right))]
    public async Task Token_needs_no_more_than_a_signature_and_the_claim(string name)
    {
        await using var app = await StartAsync();
        Assert.Equal(HttpStatusCode.OK, await PublishAsync(app, RightTokens[name]().Sign()));
    }

    [Theory]
    [MemberData(nameof(Right))]
    public async Task Without_the_option_no_such_token_is_valid(string name)
    {
        await using var app = await StartAsync(options => options.MercureCompat = null);
        Assert.Equal(HttpStatusCode.Unauthorized, await PublishAsync(app, RightTokens[name]().Sign()));
    }

    public static TheoryData<string> Wrong => [.. WrongTokens.Keys];

    private static Dictionary<string, Func<string>> WrongTokens => new()
    {
        ["no claim"] = () => Bare().Sign(),
        ["claim that is no object"] = () => Bare().With("mercure", "*").Sign(),
        ["selectors that are no list"] = () => Bare().With("mercure", new JsonObject { ["publish"] = "*" }).Sign(),
        ["selector that is no text"] = () => Bare().With("mercure", new JsonObject { ["publish"] = new JsonArray("*", 1) }).Sign(),
        ["empty selector"] = () => Token(publish: ["*", ""]).Sign(),
        ["selector with a control"] = () => Token(publish: ["*", "a\nb"]).Sign(),
        ["template that is too long"] = () => Token(publish: ["*", "{" + string.Join(',', Enumerable.Range(0, 200).Select(i => $"v{i}")) + "}"]).Sign(),
        ["too many selectors"] = () => Token(publish: [.. Enumerable.Range(0, 101).Select(i => $"a{i}"), "*"]).Sign(),
        ["subscribe that is wrong, beside publish"] = () => Bare().With("mercure", new JsonObject { ["publish"] = new JsonArray("*"), ["subscribe"] = true }).Sign(),
        ["twice the claim"] = () => Twice(),
        ["alg none"] = () => Token(publish: ["*"]).WithHeader("alg", "none").Sign(_ => []),
        ["no signature"] = () => Token(publish: ["*"]).Sign(_ => []),
        ["another key"] = () => Token(publish: ["*"]).Sign("another secret of thirty-two bytes or more"),
        ["another issuer's key, named"] = () => Token(publish: ["*"]).With("iss", "https://second.example").Sign(),
        ["an algorithm that is not listed"] = () => Token(publish: ["*"]).WithHeader("alg", "HS512").Sign(bytes => HMACSHA512.HashData(Encoding.UTF8.GetBytes(TestToken.Secret), bytes)),
        ["expired"] = () => Token(publish: ["*"]).With("exp", TestToken.Now() - 1).Sign(),
        ["an exp that is text"] = () => Token(publish: ["*"]).With("exp", "tomorrow").Sign(),
        ["an exp that is an object"] = () => Token(publish: ["*"]).With("exp", new JsonObject()).Sign(),
        ["not yet valid"] = () => Token(publish: ["*"]).With("nbf", TestToken.Now() + 60).Sign(),
        ["for nobody"] = () => Token(publish: ["*"]).With("aud", new JsonArray()).Sign(),
        ["for a hub whose name is null"] = () => Token(publish: ["*"]).With("aud", new JsonArray((JsonNode?)null)).Sign(),
        ["for another hub"] = () => Token(publish: ["*"]).With("aud", "https://other.example").Sign(),
        ["critical extensions"] = () => Token(publish: ["*"]).WithHeader("crit", new JsonArray("b64")).Sign(),
        ["at+jwt with the claim"] = () => Token(publish: ["*"]).WithHeader("typ", "at+jwt").Sign(),
        ["at+jwt without exp"] = () => TestToken.Granting("publish", "*").With("exp", null).Sign(),
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public async Task Token_that_is_wrong_stays_wrong(string name)
    {
        await using var app = await StartAsync();
        using var response = await SendAsync(app, HttpMethod.Post, Hub, WrongTokens[name](), "topic=a");
        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Contains("error=\"invalid_token\"", response.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Exp_that_is_there_ends_the_stream()
    {
        await using var app = await StartAsync();
        await using var stream = await OpenAsync(app, "?topic=a", Token(subscribe: ["*"]).With("exp", TestToken.Now() + 2).Sign());
        Assert.DoesNotContain("<cut>", await stream.ReadToEndAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Token_of_the_present_version_works_beside()
    {
        await using var app = await StartAsync();
        Assert.Equal(HttpStatusCode.OK, await PublishAsync(app, TestToken.Granting("publish", "a").Sign()));
    }

    [Fact]
    public async Task Keys_that_are_for_one_role_are_not_for_the_other()
    {
        await using var app = await StartAsync(options => options.Issuers[0].Roles.Add(TokenRole.Subscribe));
        Assert.Equal(HttpStatusCode.Unauthorized, await PublishAsync(app, Token(publish: ["*"]).Sign()));
    }

    [Fact]
    public async Task Token_may_come_in_the_url_and_the_header_wins()
    {
        await using var app = await StartAsync();
        var (right, wrong) = (Token(publish: ["a"], subscribe: ["a"]).Sign(), Token(publish: [], subscribe: []).Sign());
        using var published = await SendAsync(app, HttpMethod.Post, $"{Hub}?authorization={right}", null, "topic=a&private=on&data=1");
        Assert.Equal(HttpStatusCode.OK, published.StatusCode);
        using var refused = await SendAsync(app, HttpMethod.Post, $"{Hub}?authorization={right}", wrong, "topic=a");
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        await using var stream = await app.OpenAsync($"?topic=a&lastEventID=earliest&authorization={right}");
        Assert.Equal("1", await stream.NextDataAsync());
    }

    [Theory]
    [InlineData("authorization=", HttpStatusCode.BadRequest)]
    [InlineData("authorization=a%20b", HttpStatusCode.BadRequest)]
    [InlineData("authorization=%FF", HttpStatusCode.BadRequest)]
    [InlineData("authorization=a.b.c", HttpStatusCode.Unauthorized)]
    [InlineData("authorization=a.b.c&authorization=a.b.c", HttpStatusCode.BadRequest)]
    public async Task What_cannot_be_a_token_in_the_url_is_refused(string parameter, HttpStatusCode expected)
    {
        await using var app = await StartAsync();
        using var response = await app.Client.GetAsync(new Uri($"{Hub}?topic=a&{parameter}", UriKind.Relative), Stop);
        Assert.Equal(expected, response.StatusCode);
    }

    [Fact]
    public async Task Token_of_the_present_version_is_refused_in_the_url()
    {
        await using var app = await StartAsync();
        using var response = await app.Client.GetAsync(new Uri($"{Hub}?match=a&authorization={TestToken.Granting("subscribe", "a").Sign()}", UriKind.Relative), Stop);
        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }

    [Fact]
    public async Task Token_in_the_url_is_seen_by_nobody_behind_the_hub()
    {
        string? seen = null;
        await using var app = await StartAsync(map: web => web.Use(async (context, next) =>
        {
            await next(context);
            seen = context.Request.QueryString.Value;
        }));
        using var response = await app.Client.GetAsync(new Uri($"{Hub}?a=%20b&authorization={Token(subscribe: ["a"]).Sign()}&%61uthorization=x&c", UriKind.Relative), Stop);
        Assert.Equal("?a=%20b&c", seen);
    }

    [Fact]
    public async Task Cookie_of_the_former_name_is_read_and_publishes_for_known_pages_only()
    {
        await using var app = await StartAsync(options => options.CookieOrigins.Add("https://page.example"));
        Assert.Equal(HttpStatusCode.Forbidden, await PublishByCookieAsync(app, "mercureAuthorization", "https://evil.example"));
        Assert.Equal(HttpStatusCode.OK, await PublishByCookieAsync(app, "mercureAuthorization", "https://page.example"));
        Assert.Equal(HttpStatusCode.OK, await PublishByCookieAsync(app, "__Secure-mercure_access_token", "https://page.example"));
    }

    [Fact]
    public async Task Url_wins_over_cookies_and_the_cookie_of_today_over_the_former()
    {
        await using var app = await StartAsync(options => options.AnonymousPublish = false);
        var (right, wrong) = (Token(publish: ["a"]).Sign(), Token(publish: []).Sign());
        Assert.Equal(HttpStatusCode.OK, await PublishWithAsync(app, $"?authorization={right}", $"__Secure-mercure_access_token={wrong}; mercureAuthorization={wrong}"));
        Assert.Equal(HttpStatusCode.Forbidden, await PublishWithAsync(app, $"?authorization={wrong}", $"__Secure-mercure_access_token={right}; mercureAuthorization={right}"));
        Assert.Equal(HttpStatusCode.OK, await PublishWithAsync(app, "", $"mercureAuthorization={wrong}; __Secure-mercure_access_token={right}"));
        Assert.Equal(HttpStatusCode.Forbidden, await PublishWithAsync(app, "", $"mercureAuthorization={right}; __Secure-mercure_access_token={wrong}"));
        Assert.Equal(HttpStatusCode.Unauthorized, await PublishWithAsync(app, "", $"mercureAuthorization={TestToken.Granting("publish", "a").Sign()}"));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("https://second.example")]
    [InlineData("https://stranger.example")]
    public async Task Token_is_revoked_under_whichever_issuer_it_may_be_of(string? issuer)
    {
        await using var app = await StartAsync(options => options.AnonymousPublish = false);
        var token = Token(publish: ["*"]).With("sub", "s").With("iss", issuer).Sign("the second issuer's secret, of thirty-two bytes");
        Assert.Equal(HttpStatusCode.OK, await PublishAsync(app, token));
        await app.Services.GetRequiredService<IStreamControl>().RevokeAsync(new("https://second.example", Subject: "s"), cancellationToken: Stop);
        Assert.Equal(HttpStatusCode.Unauthorized, await PublishAsync(app, token));
    }

    [Fact]
    public async Task Token_for_any_hub_is_remembered_once_whatever_hosts_its_holder_names()
    {
        await using var app = await StartAsync(options => options.Resource = null);
        var token = Token(publish: ["*"]).Sign();
        for (var n = 0; n < 20; n++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, Hub) { Content = new StringContent("topic=a", null, "application/x-www-form-urlencoded") };
            request.Headers.Host = $"h{n}.example";
            request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {token}");
            using var response = await app.Client.SendAsync(request, Stop);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        }
        Assert.Equal(1, app.Services.GetRequiredService<AccessTokenValidator>().Remembered);
    }

    [Fact]
    public async Task Tokens_without_a_subject_are_holders_of_their_own()
    {
        await using var app = await StartAsync(options => options.MaxStreamsPerSubject = 1);
        var (one, two) = (Token(subscribe: ["a"]).Sign(), Token(subscribe: ["b"]).Sign());
        await using var first = await OpenAsync(app, "?topic=a", one);
        await first.ReadUntilAsync("id: ");
        await using var second = await OpenAsync(app, "?topic=a", one);
        Assert.Equal(HttpStatusCode.TooManyRequests, second.Response.StatusCode);
        await using var other = await OpenAsync(app, "?topic=a", two);
        Assert.Equal(HttpStatusCode.OK, other.Response.StatusCode);
        foreach (var (token, data) in (IEnumerable<(string, string)>)[(Token(publish: ["*"]).Sign(), "1"), (Token(publish: ["a"]).Sign(), "2")])
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, Hub) { Content = new StringContent("topic=a&data=" + data, null, "application/x-www-form-urlencoded") };
            request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {token}");
            request.Headers.TryAddWithoutValidation("Idempotency-Key", "k");
            using var response = await app.Client.SendAsync(request, Stop);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        }
    }

    [Fact]
    public async Task Query_method_takes_selectors_in_its_body()
    {
        await using var app = await StartAsync();
        using var request = new HttpRequestMessage(new HttpMethod("QUERY"), Hub) { Content = new FormUrlEncodedContent([new("topic", Books), new("lastEventID", "earliest")]) };
        await app.PublishAsync($"topic={Book}&data=1");
        using var response = await app.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Stop);
        await using var stream = new EventStreamReader(response, await response.Content.ReadAsStreamAsync(Stop));
        Assert.Equal("1", await stream.NextDataAsync());
    }

    [Fact]
    public async Task Payload_that_is_no_object_stands_in_no_document_of_today()
    {
        await using var app = await StartAsync();
        await using var stream = await OpenAsync(app, "?match=a&topic=a", Claim(new() { ["payload"] = "text" }).Sign());
        await stream.ReadUntilAsync("id: ");
        var all = app.Services.GetRequiredService<FonteHost>().Subscriptions!.All.ToDictionary(each => each.Is0x, each => each.Payload);
        Assert.Equal((null, "\"text\""), (all[false], all[true]));
        using var list = await SendAsync(app, HttpMethod.Get, Root + "/exact/a", TestToken.Granting("subscribe", "*").Sign());
        Assert.Single(JsonNode.Parse(await list.Content.ReadAsStringAsync(Stop))!["subscriptions"]!.AsArray());
    }

    [Fact]
    public async Task Subscriptions_by_selector_are_told_as_json_ld()
    {
        await using var app = await StartAsync();
        await using var watcher = await OpenAsync(app, "?topic=" + Uri.EscapeDataString(Root + "{/topic}{/subscriber}"), Token(subscribe: [Root + "{/topic}{/subscriber}"]).Sign());
        Assert.Equal(Root + "{/topic}{/subscriber}", (await NextDocumentAsync(watcher))["topic"]!.GetValue<string>());
        JsonNode begun;
        await using (await OpenAsync(app, "?match=a&topic=" + Uri.EscapeDataString(Books), Claim(new() { ["subscribe"] = new JsonArray(), ["payload"] = "any" }).Sign()))
        {
            begun = await NextDocumentAsync(watcher);
            Assert.Equal($"{Root}/https%3A%2F%2Fexample.com%2Fbooks%2F%7Bid%7D/{Uri.EscapeDataString(begun["subscriber"]!.GetValue<string>())}", begun["id"]!.GetValue<string>());
            Assert.Equal(("https://mercure.rocks/", "Subscription"), (begun["@context"]!.GetValue<string>(), begun["type"]!.GetValue<string>()));
            Assert.Equal((Books, "any", true), (begun["topic"]!.GetValue<string>(), begun["payload"]!.GetValue<string>(), begun["active"]!.GetValue<bool>()));
        }
        var ended = await NextDocumentAsync(watcher);
        Assert.Equal((begun["id"]!.GetValue<string>(), false), (ended["id"]!.GetValue<string>(), ended["active"]!.GetValue<bool>()));
    }

    [Fact]
    public async Task Lists_are_json_ld_for_tokens_of_0x_and_have_its_subscriptions()
    {
        await using var app = await StartAsync();
        await using var former = await app.OpenAsync("?topic=" + Uri.EscapeDataString(Books));
        await using var present = await app.OpenAsync("?match=a");
        var token = Token(subscribe: ["*"]).Sign();
        var all = await GetAsync(app, Root, token);
        Assert.Equal(("https://mercure.rocks/", Root, "Subscriptions"), (all["@context"]!.GetValue<string>(), all["id"]!.GetValue<string>(), all["type"]!.GetValue<string>()));
        Assert.StartsWith("urn:fonte:", all["lastEventID"]!.GetValue<string>(), StringComparison.Ordinal);
        var book = all["subscriptions"]!.AsArray().Single()!;
        Assert.Equal(Books, book["topic"]!.GetValue<string>());
        Assert.Null(book["@context"]);
        Assert.Equal(book.ToJsonString(), (await GetAsync(app, $"{Root}/{Uri.EscapeDataString(Books)}", token))["subscriptions"]!.AsArray().Single()!.ToJsonString());
        var single = await GetAsync(app, book["id"]!.GetValue<string>(), token);
        Assert.Equal((Books, "https://mercure.rocks/"), (single["topic"]!.GetValue<string>(), single["@context"]!.GetValue<string>()));
        Assert.StartsWith("urn:fonte:", single["lastEventID"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Empty((await GetAsync(app, $"{Root}/none", token))["subscriptions"]!.AsArray());
        using var missing = await SendAsync(app, HttpMethod.Get, $"{Root}/{Uri.EscapeDataString(Books)}/none", token);
        Assert.Equal(HttpStatusCode.NotFound, missing.StatusCode);

        using var response = await SendAsync(app, HttpMethod.Get, Root, TestToken.Granting("subscribe", "*").Sign());
        Assert.Equal("application/json", response.Content.Headers.ContentType!.MediaType);
        Assert.Equal("a", JsonNode.Parse(await response.Content.ReadAsStringAsync(Stop))!["subscriptions"]!.AsArray().Single()!["match"]!.GetValue<string>());
    }

    [Fact]
    public async Task What_a_crash_left_open_is_ended_in_the_same_words()
    {
        await using var log = new MemoryEventLog(1 << 20, TimeProvider.System);
        var former = new ActiveSubscription("exact", Books, "urn:uuid:1", Root, null, Is0x: true);
        await log.AppendAsync(new() { Events = [new EventDraft { Topics = [former.Topic, Root], Data = JsonLdSubscription.Write(former, active: true), Private = true }] }, Stop);
        await using var app = await StartAsync(log: log);
        await using var watcher = await OpenAsync(app, "?match=*&last_event_id=" + log.Identity.At(1), Token(subscribe: ["*"]).Sign());
        var ended = await watcher.NextAsync();
        while (ended.EventType == "mercure") ended = await watcher.NextAsync();
        var document = JsonNode.Parse(ended.Data)!;
        Assert.Equal((former.Topic, "Subscription", false), (document["id"]!.GetValue<string>(), document["type"]!.GetValue<string>(), document["active"]!.GetValue<bool>()));
    }

    [Fact]
    public async Task Without_the_option_nothing_of_it_is_there()
    {
        await using var app = await StartAsync(options => options.MercureCompat = null);
        using var topic = await app.Client.GetAsync(new Uri(Hub + "?topic=a", UriKind.Relative), Stop);
        Assert.Equal(HttpStatusCode.BadRequest, topic.StatusCode);
        await app.PublishAsync("topic=a&private=on&data=1");
        await app.PublishAsync("topic=a&data=2");
        await using var stream = await app.OpenAsync($"?match=a&last_event_id=earliest&lastEventID=x&authorization={TestToken.Granting("subscribe", "a").Sign()}");
        Assert.Equal("2", await stream.NextDataAsync());
        Assert.False(stream.Response.Headers.Contains("Last-Event-ID"));
        Assert.Equal(HttpStatusCode.OK, await PublishByCookieAsync(app, "mercureAuthorization", "https://evil.example"));
    }

    [Fact]
    public async Task Every_relaxation_is_logged_once_at_start()
    {
        var lines = new List<string>();
        await using var app = await StartAsync(build: builder => builder.Logging.AddProvider(new Lines(lines)));
        await using var stream = await app.OpenAsync("?topic=a");
        var told = lines.Where(line => line.StartsWith("Compatible with Mercure 0.x: ", StringComparison.Ordinal)).ToList();
        Assert.Equal(6, told.Count);
        Assert.Equal(told.Distinct(), told);
    }

    [Fact]
    public async Task Another_version_is_refused_at_start()
    {
        var exception = await Assert.ThrowsAsync<OptionsValidationException>(() => StartAsync(options => options.MercureCompat = "8"));
        Assert.Contains("Fonte:MercureCompat must be 0.x", exception.Message, StringComparison.Ordinal);
    }

    private static Task<HubApplication> StartAsync(Action<FonteHttpOptions>? configure = null, Action<WebApplicationBuilder>? build = null, Action<WebApplication>? map = null, IEventLog? log = null) => HubApplication.StartAsync(
        options =>
        {
            options.MercureCompat = "0.x";
            options.Subscriptions = true;
            options.Resource = TestToken.Resource;
            options.Issuers.Add(new() { Issuer = TestToken.Issuer, Secret = TestToken.Secret });
            options.Issuers.Add(new() { Issuer = "https://second.example", Secret = "the second issuer's secret, of thirty-two bytes" });
            configure?.Invoke(options);
        },
        build, map, log);

    private static TestToken Token(string[]? publish = null, string[]? subscribe = null)
    {
        var claim = new JsonObject();
        if (publish is not null) claim["publish"] = new JsonArray([.. publish.Select(selector => JsonValue.Create(selector))]);
        if (subscribe is not null) claim["subscribe"] = new JsonArray([.. subscribe.Select(selector => JsonValue.Create(selector))]);
        return Claim(claim);
    }

    private static TestToken Claim(JsonObject claim) => Bare().With("mercure", claim);

    private static TestToken Bare()
    {
        var token = new TestToken().WithHeader("typ", "JWT");
        foreach (var claim in token.Payload.Select(pair => pair.Key).ToList()) token.With(claim, null);
        return token;
    }

    private static string Twice()
    {
        var parts = Token(publish: ["*"]).Sign().Split('.');
        var payload = System.Buffers.Text.Base64Url.EncodeToString("""{"mercure":{"publish":[]},"mercure":{"publish":["*"]}}"""u8);
        var signed = $"{parts[0]}.{payload}";
        return $"{signed}.{System.Buffers.Text.Base64Url.EncodeToString(HMACSHA256.HashData(Encoding.UTF8.GetBytes(TestToken.Secret), Encoding.ASCII.GetBytes(signed)))}";
    }

    private static async Task<HttpStatusCode> PublishAsync(HubApplication app, string token, string topic = "a")
    {
        using var response = await SendAsync(app, HttpMethod.Post, Hub, token, $"topic={Uri.EscapeDataString(topic)}");
        return response.StatusCode;
    }

    private static async Task<HttpStatusCode> PublishWithAsync(HubApplication app, string query, string cookies)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Hub + query) { Content = new StringContent("topic=a", null, "application/x-www-form-urlencoded") };
        request.Headers.TryAddWithoutValidation("Cookie", cookies);
        request.Headers.TryAddWithoutValidation("Origin", "https://hub.example");
        using var response = await app.Client.SendAsync(request, Stop);
        return response.StatusCode;
    }

    private static async Task<HttpStatusCode> PublishByCookieAsync(HubApplication app, string cookie, string origin)
    {
        var token = (cookie == "mercureAuthorization" ? Token(publish: ["*"]) : TestToken.Granting("publish", "*")).Sign();
        var request = new HttpRequestMessage(HttpMethod.Post, Hub) { Content = new StringContent("topic=a", null, "application/x-www-form-urlencoded") };
        request.Headers.TryAddWithoutValidation("Cookie", $"{cookie}={token}");
        request.Headers.TryAddWithoutValidation("Origin", origin);
        using var response = await app.Client.SendAsync(request, Stop);
        return response.StatusCode;
    }

    private static Task<HttpResponseMessage> SendAsync(HubApplication app, HttpMethod method, string path, string? token, string? form = null)
    {
        var request = new HttpRequestMessage(method, new Uri(app.Address + path, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }));
        if (token is not null) request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {token}");
        if (form is not null) request.Content = new StringContent(form, null, "application/x-www-form-urlencoded");
        return app.Client.SendAsync(request, Stop);
    }

    private static async Task<JsonNode> GetAsync(HubApplication app, string path, string token)
    {
        using var response = await SendAsync(app, HttpMethod.Get, path, token);
        Assert.Equal((HttpStatusCode.OK, "application/ld+json"), (response.StatusCode, response.Content.Headers.ContentType!.ToString()));
        return JsonNode.Parse(await response.Content.ReadAsStringAsync(Stop))!;
    }

    private static async Task<EventStreamReader> OpenAsync(HubApplication app, string query, string token)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, Hub + query);
        request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {token}");
        var response = await app.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Stop);
        return new(response, await response.Content.ReadAsStreamAsync(Stop));
    }

    private static async Task<JsonNode> NextDocumentAsync(EventStreamReader stream)
    {
        var next = await stream.NextAsync();
        // Those of the present version, which the collection's topic lets through too; a page's onmessage does not see them.
        while (next.EventType == "mercure") next = await stream.NextAsync();
        Assert.Equal("message", next.EventType);
        return JsonNode.Parse(next.Data)!;
    }

    private static async Task<List<string>> TakeAsync(EventStreamReader stream, int count)
    {
        var taken = new List<string>();
        while (taken.Count < count) taken.Add(await stream.NextDataAsync());
        return taken;
    }

    private sealed class Lines(List<string> lines) : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            lock (lines) lines.Add(formatter(state, exception));
        }

        public void Dispose()
        {
        }
    }
}
