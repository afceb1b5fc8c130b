using Fonte.Conformance.Hubs;
using Xunit;

namespace Fonte.Conformance.Clauses;

/// <summary>Mercure draft -08, "Subscription", "Subscription API" and "Security Considerations": pages of other origins.</summary>
public abstract class CrossOriginClauses(HubUnderTest hub)
{
    [Theory]
    [InlineData("GET", "authorization")]
    [InlineData("GET", "last-event-id")]
    [InlineData("POST", "authorization")]
    [InlineData("QUERY", "content-type")]
    public async Task Hubs_serving_subscribers_on_other_origins_MUST_send_the_appropriate_CORS_fields_in_a_preflight(string method, string field)
    {
        var origin = hub.OriginToTrust();
        using var request = new HttpRequestMessage(HttpMethod.Options, hub.Url);
        request.Headers.Add("Origin", origin);
        request.Headers.Add("Access-Control-Request-Method", method);
        request.Headers.Add("Access-Control-Request-Headers", field);
        using var response = await hub.SendAsync(request);
        Assert.InRange((int)response.StatusCode, 200, 299);
        Assert.Equal((origin, "true"), (Field(response, "Access-Control-Allow-Origin"), Field(response, "Access-Control-Allow-Credentials")));
        Assert.Contains(field, Parts(response, "Access-Control-Allow-Headers"), StringComparer.OrdinalIgnoreCase);
        // The others need no leave (Fetch, "CORS-safelisted method").
        if (method == "QUERY") Assert.Contains(method, Parts(response, "Access-Control-Allow-Methods"));
    }

    [Fact]
    public async Task With_credentials_Allow_Origin_MUST_be_the_trusted_origin_and_the_hub_MUST_send_Allow_Credentials()
    {
        var origin = hub.OriginToTrust();
        using var response = await GetAsync("?match=a&last_event_id=earliest", origin);
        Assert.Equal((200, origin, "true"), ((int)response.StatusCode, Field(response, "Access-Control-Allow-Origin"), Field(response, "Access-Control-Allow-Credentials")));
        Assert.Contains("Mercure-Last-Event-ID", Parts(response, "Access-Control-Expose-Headers"), StringComparer.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("https://evil.example")]
    [InlineData("null")]
    [InlineData("{trusted}.evil.example")]
    [InlineData("{trusted}:8443")]
    public async Task Allow_Origin_MUST_NOT_be_the_wildcard_with_credentials_and_MUST_NOT_be_reflected_from_arbitrary_origins(string template)
    {
        var origin = template.Replace("{trusted}", hub.TrustedOrigin ?? "https://pages.example", StringComparison.Ordinal);
        foreach (var method in new[] { HttpMethod.Get, HttpMethod.Options })
        {
            using var response = await GetAsync("?match=a", origin, method);
            Assert.NotEqual(origin, Field(response, "Access-Control-Allow-Origin"));
            // The wildcard is for hubs that take no credentials of pages.
            Assert.Null(Field(response, "Access-Control-Allow-Credentials"));
        }
    }

    [Fact]
    public async Task The_subscription_API_MUST_expose_the_Link_field_to_cross_origin_subscribers()
    {
        using var response = await GetAsync("/subscriptions", hub.OriginToTrust());
        Assert.Equal(200, (int)response.StatusCode);
        Assert.Contains("Link", Parts(response, "Access-Control-Expose-Headers"), StringComparer.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("Origin", "https://evil.example")]
    [InlineData("Origin", "null")]
    [InlineData("Referer", "https://evil.example/page")]
    [InlineData(null, null)]
    public async Task A_forged_publication_with_the_cookie_MUST_be_mitigated_by_its_origin(string? field, string? value)
    {
        var topic = HubUnderTest.NewTopic();
        await using var stream = await hub.OpenAsync("?match=" + Uri.EscapeDataString(topic));
        using var refused = await PublishWithCookieAsync(topic, "forged", field, value);
        Assert.Equal(403, (int)refused.StatusCode);
        using var accepted = await PublishWithCookieAsync(topic, "of the hub's own origin", "Origin", hub.Url.GetLeftPart(UriPartial.Authority));
        Assert.Equal(200, (int)accepted.StatusCode);
        Assert.Equal("of the hub's own origin", await stream.NextDataAsync());
    }

    private async Task<HttpResponseMessage> GetAsync(string rest, string origin, HttpMethod? method = null)
    {
        using var request = new HttpRequestMessage(method ?? HttpMethod.Get, new Uri(hub.Url.AbsoluteUri + rest));
        request.Headers.Add("Origin", origin);
        if (method == HttpMethod.Options) request.Headers.Add("Access-Control-Request-Method", "GET");
        else request.Headers.Add("Cookie", "__Secure-mercure_access_token=" + hub.Signed(hub.Token(("subscribe", "*", null))));
        return await hub.SendAsync(request);
    }

    private async Task<HttpResponseMessage> PublishWithCookieAsync(string topic, string data, string? field, string? value)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, hub.Url) { Content = new FormUrlEncodedContent([new("topic", topic), new("data", data)]) };
        request.Headers.Add("Cookie", "__Secure-mercure_access_token=" + hub.Signed(hub.Token(("publish", "*", null))));
        if (field is not null) request.Headers.TryAddWithoutValidation(field, value);
        return await hub.SendAsync(request);
    }

    private static string? Field(HttpResponseMessage response, string name) => response.Headers.TryGetValues(name, out var values) ? values.Single() : null;

    private static IEnumerable<string> Parts(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out var values) ? values.SelectMany(value => value.Split(',', StringSplitOptions.TrimEntries)) : [];
}
