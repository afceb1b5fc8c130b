using System.Net;
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

    [Fact]
    public async Task Token_for_one_listed_host_is_not_valid_at_another()
    {
        await using var app = await ListedAsync(options => options.Issuers.Add(new() { Issuer = TestToken.Issuer, Secret = TestToken.Secret }));
        var token = TestToken.Granting("publish", "a").With("aud", "http://a.example" + Hub).Sign();
        Assert.Equal(HttpStatusCode.OK, await PublishAsync(app, "a.example", token));
        Assert.Equal(HttpStatusCode.Unauthorized, await PublishAsync(app, "b.example:8080", token));
    }

    private static async Task<HttpStatusCode> PublishAsync(HubApplication app, string host, string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Hub) { Content = new StringContent("topic=a", null, "application/x-www-form-urlencoded") };
        request.Headers.Host = host;
        request.Headers.Authorization = new("Bearer", token);
        using var response = await app.Client.SendAsync(request, Stop);
        return response.StatusCode;
    }

    private static Task<HubApplication> ListedAsync(Action<FonteHttpOptions>? more = null) => StartAsync(options =>
    {
        foreach (var url in Listed) options.PublicUrls.Add(url);
        more?.Invoke(options);
    });
}
