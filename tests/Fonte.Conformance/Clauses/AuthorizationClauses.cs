using System.Buffers.Text;
using System.Text;
using System.Text.Json.Nodes;
using Fonte.AspNetCore.Tests.Authorization;
using Fonte.Conformance.Hubs;
using Xunit;

namespace Fonte.Conformance.Clauses;

/// <summary>Mercure draft -08, "Authorization".</summary>
public abstract class AuthorizationClauses(HubUnderTest hub)
{
    [Fact]
    public async Task Without_a_token_the_hub_MUST_return_401_with_a_Bearer_challenge_and_MUST_NOT_include_an_error_code()
    {
        using var response = await hub.PostAsync(token: null, ("topic", HubUnderTest.NewTopic()));
        Assert.Equal(401, (int)response.StatusCode);
        var challenge = response.Headers.WwwAuthenticate.Single();
        Assert.Equal("Bearer", challenge.Scheme);
        Assert.DoesNotContain("error", challenge.Parameter ?? "", StringComparison.Ordinal);
        Assert.Contains("resource_metadata=", challenge.Parameter, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("typ", "JWT")]
    [InlineData("typ", null)]
    [InlineData("alg", "none")]
    [InlineData("alg", "HS512")]
    public async Task A_token_whose_header_fails_a_check_MUST_be_reported_as_invalid(string name, string? value) =>
        await InvalidAsync(token => token.WithHeader(name, value));

    [Theory]
    [InlineData("iss", "https://other.example")]
    [InlineData("iss", null)]
    [InlineData("aud", "https://other.example/.well-known/mercure")]
    [InlineData("aud", null)]
    [InlineData("exp", null)]
    public async Task A_token_with_a_claim_that_fails_a_check_MUST_be_reported_as_invalid(string name, string? value) =>
        await InvalidAsync(token => token.With(name, value));

    [Fact]
    public async Task Hubs_MUST_enforce_exp_and_nbf()
    {
        await InvalidAsync(token => token.With("exp", TestToken.Now() - 120));
        await InvalidAsync(token => token.With("nbf", TestToken.Now() + 600));
    }

    [Fact]
    public async Task Hubs_MUST_verify_the_signature_with_their_own_key_only()
    {
        const string Other = "another secret of thirty-two bytes or more";
        var token = hub.Token(("publish", "*", null)).WithHeader("jwk", new JsonObject { ["kty"] = "oct", ["k"] = Base64Url.EncodeToString(Encoding.UTF8.GetBytes(Other)) });
        await AssertInvalidAsync(token.Sign(Other));
        await AssertInvalidAsync(token.Sign(_ => []));
    }

    [Theory]
    [InlineData("""{"type":"https://mercure.rocks/authorization-detail","actions":["publish"],"topics":[{"match":"*","match_type":"unknown"}]}""")]
    [InlineData("""{"type":"https://mercure.rocks/authorization-detail","actions":["publish"],"topics":[{"match":"(","match_type":"urlpattern"}]}""")]
    [InlineData("""{"type":"https://mercure.rocks/authorization-detail","actions":["publish"],"topics":[]}""")]
    [InlineData("""{"type":"https://mercure.rocks/authorization-detail","actions":["publish"]}""")]
    [InlineData("""{"type":"https://mercure.rocks/authorization-detail","actions":[],"topics":[{"match":"*"}]}""")]
    [InlineData("""{"type":"https://mercure.rocks/authorization-detail","actions":[1],"topics":[{"match":"*"}]}""")]
    public async Task A_token_with_a_malformed_detail_MUST_be_rejected_and_not_evaluated_in_part(string detail) =>
        await InvalidAsync(token => token.Details.Add(JsonNode.Parse(detail)));

    [Fact]
    public async Task A_valid_token_that_does_not_authorize_MUST_be_answered_403_with_insufficient_scope()
    {
        var (granted, other) = (HubUnderTest.NewTopic(), HubUnderTest.NewTopic());
        var token = hub.Signed(hub.Token(("publish", granted, null), ("subscribe", "*", null)));
        using var one = await hub.PostAsync(token, ("topic", granted));
        Assert.Equal(200, (int)one.StatusCode);
        await using var stream = await hub.OpenAsync("?match=" + Uri.EscapeDataString(granted));
        using var both = await hub.PostAsync(token, ("topic", granted), ("topic", other), ("data", "both"));
        Assert.Equal(403, (int)both.StatusCode);
        Assert.Contains("error=\"insufficient_scope\"", both.Headers.WwwAuthenticate.Single().Parameter, StringComparison.Ordinal);
        await hub.PublishAsync(("topic", granted), ("data", "next"));
        Assert.Equal("next", await stream.NextDataAsync());
    }

    [Theory]
    [InlineData("Bearer")]
    [InlineData("Bearer a b")]
    public async Task A_malformed_presentation_MUST_be_answered_400_with_invalid_request(string header)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, hub.Url) { Content = new FormUrlEncodedContent([new("topic", "a")]) };
        request.Headers.TryAddWithoutValidation("Authorization", header);
        using var response = await hub.SendAsync(request);
        Assert.Equal(400, (int)response.StatusCode);
        Assert.Contains("error=\"invalid_request\"", response.Headers.WwwAuthenticate.Single().Parameter, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_header_the_cookie_MUST_be_used_and_with_one_it_MUST_be_ignored()
    {
        var topic = HubUnderTest.NewTopic();
        var good = hub.Signed(hub.Token(("subscribe", topic, null)));
        await using var cookie = await WithCookieAsync(topic, good, header: null);
        await using var both = await WithCookieAsync(topic, "nonsense", good);
        await using var wrong = await WithCookieAsync(topic, good, "nonsense");
        Assert.Equal(401, wrong.Status);
        await hub.PublishAsync(("topic", topic), ("data", "secret"), ("private", "on"));
        Assert.Equal(("secret", "secret"), (await cookie.NextDataAsync(), await both.NextDataAsync()));
    }

    [Theory]
    [InlineData("access_token")]
    [InlineData("authorization")]
    public async Task A_token_in_the_URL_is_not_used(string parameter)
    {
        var token = hub.Signed(hub.Token(("publish", "*", null)));
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{hub.Url}?{parameter}={token}") { Content = new FormUrlEncodedContent([new("topic", "a")]) };
        using var response = await hub.SendAsync(request);
        Assert.Equal(401, (int)response.StatusCode);
    }

    [Fact]
    public async Task The_hub_MUST_close_the_connection_no_later_than_the_token_expires()
    {
        var expires = TestToken.Now() + 4;
        await using var stream = await hub.OpenAsync("?match=" + Uri.EscapeDataString(HubUnderTest.NewTopic()), hub.Signed(hub.Token(("subscribe", "*", null)).With("exp", expires)));
        Assert.Equal(200, stream.Status);
        await stream.TextAsync();
        Assert.InRange(TestToken.Now(), 0, expires);
    }

    private async Task InvalidAsync(Action<TestToken> spoil)
    {
        var token = hub.Token(("publish", "*", null));
        spoil(token);
        await AssertInvalidAsync(hub.Signed(token));
    }

    private async Task AssertInvalidAsync(string token)
    {
        using var response = await hub.PostAsync(token, ("topic", HubUnderTest.NewTopic()));
        Assert.Equal(401, (int)response.StatusCode);
        Assert.Contains("error=\"invalid_token\"", response.Headers.WwwAuthenticate.Single().Parameter, StringComparison.Ordinal);
        await using var stream = await hub.OpenAsync("?match=a", token);
        Assert.Equal(401, stream.Status);
    }

    private async Task<StreamUnderTest> WithCookieAsync(string topic, string cookie, string? header)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{hub.Url}?match={Uri.EscapeDataString(topic)}");
        request.Headers.TryAddWithoutValidation("Cookie", $"__Secure-mercure_access_token={cookie}");
        if (header is not null) request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {header}");
        return new(await hub.SendAsync(request));
    }
}
