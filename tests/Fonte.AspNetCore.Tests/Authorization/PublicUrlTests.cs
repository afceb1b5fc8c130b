using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Xunit;
using static Fonte.AspNetCore.Tests.HubApplication;

namespace Fonte.AspNetCore.Tests.Authorization;

public sealed class PublicUrlTests
{
    private static readonly string[] Listed = ["http://a.example", "http://b.example:8080/", "http://[::1]:9000"];

    [Theory]
    [InlineData("a.example", HttpStatusCode.OK)]
    [InlineData("A.Example:80", HttpStatusCode.OK)]
    [InlineData("b.example:8080", HttpStatusCode.OK)]
    [InlineData("[::1]:9000", HttpStatusCode.OK)]
    [InlineData("b.example", HttpStatusCode.MisdirectedRequest)]
    [InlineData("c.example", HttpStatusCode.MisdirectedRequest)]
    [InlineData("a.example.evil.example", HttpStatusCode.MisdirectedRequest)]
    [InlineData("a.example:443", HttpStatusCode.MisdirectedRequest)]
    public async Task Request_for_a_host_that_is_not_listed_is_misdirected(string host, HttpStatusCode expected)
    {
        await using var app = await ListedAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, Hub) { Content = new StringContent("topic=a", null, "application/x-www-form-urlencoded") };
        request.Headers.Host = host;
        using var response = await app.Client.SendAsync(request, Stop);
        Assert.Equal(expected, response.StatusCode);
    }

    [Theory]
    [InlineData("GET", "?match=a")]
    [InlineData("QUERY", "?match=a")]
    [InlineData("POST", "")]
    [InlineData("GET", "/subscriptions")]
    [InlineData("POST", "/kicks")]
    [InlineData("POST", "/revocations")]
    [InlineData("GET", null)]
    public async Task Every_endpoint_of_the_hub_is_guarded(string method, string? rest)
    {
        await using var app = await ListedAsync();
        using var request = new HttpRequestMessage(new HttpMethod(method), rest is null ? "/.well-known/oauth-protected-resource" + Hub : Hub + rest);
        request.Headers.Host = "other.example";
        using var response = await app.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Stop);
        Assert.Equal(HttpStatusCode.MisdirectedRequest, response.StatusCode);
        Assert.Contains("urn:fonte:problem:misdirected", await response.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://a.example", "a.example", true)]
    [InlineData("https://a.example", "a.example:443", true)]
    [InlineData("https://a.example:443", "a.example", true)]
    [InlineData("https://a.example", "a.example:80", false)]
    [InlineData("http://a.example", "a.example", false)]
    public void Port_that_the_scheme_has_anyway_may_be_left_out(string listed, string host, bool expected)
    {
        var context = new DefaultHttpContext { Request = { Scheme = "https", Host = new(host) } };
        Assert.Equal(expected, new PublicOrigins([listed]).Serves(context.Request));
    }

    [Theory]
    [InlineData("a.example")]
    [InlineData("ftp://a.example")]
    [InlineData("http://a.example/hub")]
    [InlineData("http://a.example?x")]
    [InlineData("http://user@a.example")]
    public async Task What_is_no_scheme_and_host_is_refused_at_start(string url) =>
        await Assert.ThrowsAsync<Microsoft.Extensions.Options.OptionsValidationException>(() => StartAsync(options => options.PublicUrls.Add(url)));

    // The server has them as a text, and the option has one name.
    [Theory]
    [InlineData("PublicUrls", "http://a.example, http://b.example")]
    [InlineData("PublicUrls:0", "http://a.example")]
    public async Task Configuration_may_have_them_as_a_text_or_a_list(string key, string value)
    {
        await using var app = await StartAsync(build: builder => builder.Configuration.AddInMemoryCollection([new("Fonte:" + key, value)]));
        Assert.Equal(HttpStatusCode.OK, await PublishAsync(app, "a.example", null));
        Assert.Equal(HttpStatusCode.MisdirectedRequest, await PublishAsync(app, "evil.example", null));
    }

    [Fact]
    public async Task Link_of_the_application_tells_no_host_that_is_not_listed()
    {
        await using var app = await StartAsync(options => options.PublicUrls.Add("http://a.example"), map: web => web.MapGet("/linked", () => "x").WithMercureLink());
        Assert.StartsWith("<http://a.example/.well-known/mercure>;", await LinkAsync(app, "evil.example"), StringComparison.Ordinal);
        Assert.StartsWith("<http://a.example/.well-known/mercure>;", await LinkAsync(app, "a.example"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Relative_patterns_are_read_against_the_first()
    {
        await using var app = await StartAsync(options =>
        {
            options.AnonymousPublish = false;
            options.PublicUrls.Add("http://a.example");
            options.Issuers.Add(new() { Issuer = TestToken.Issuer, Secret = TestToken.Secret });
        });
        foreach (var (granted, topic) in (IEnumerable<(string, string)>)[("http://a.example/books/:id", "/books/1"), ("/books/:id", "http://a.example/books/1")])
        {
            var token = TestToken.Granting("publish", granted, "urlpattern").With("aud", "http://a.example" + Hub).Sign();
            Assert.Equal(HttpStatusCode.OK, await PublishAsync(app, "a.example", token, topic));
        }
    }

    [Fact]
    public async Task Token_for_one_listed_host_is_not_valid_at_another()
    {
        await using var app = await ListedAsync(options => options.Issuers.Add(new() { Issuer = TestToken.Issuer, Secret = TestToken.Secret }));
        var token = TestToken.Granting("publish", "a").With("aud", "http://a.example" + Hub).Sign();
        Assert.Equal(HttpStatusCode.OK, await PublishAsync(app, "a.example", token));
        Assert.Equal(HttpStatusCode.Unauthorized, await PublishAsync(app, "b.example:8080", token));
    }

    private static async Task<string> LinkAsync(HubApplication app, string host)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/linked");
        request.Headers.Host = host;
        using var response = await app.Client.SendAsync(request, Stop);
        return response.Headers.GetValues("Link").Single();
    }

    private static async Task<HttpStatusCode> PublishAsync(HubApplication app, string host, string? token, string topic = "a")
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Hub) { Content = new FormUrlEncodedContent([new("topic", topic)]) };
        request.Headers.Host = host;
        if (token is not null) request.Headers.Authorization = new("Bearer", token);
        using var response = await app.Client.SendAsync(request, Stop);
        return response.StatusCode;
    }

    private static Task<HubApplication> ListedAsync(Action<FonteHttpOptions>? more = null) => StartAsync(options =>
    {
        foreach (var url in Listed) options.PublicUrls.Add(url);
        more?.Invoke(options);
    });
}
