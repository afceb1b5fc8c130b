using System.Text;
using System.Text.Json.Nodes;
using Fonte.AspNetCore.Tests.Authorization;
using Fonte.Conformance.Hubs;
using Xunit;

namespace Fonte.Conformance.Clauses;

/// <summary>Mercure draft -08, "Resource Limits", and the limits that other sections name. They SHOULD exist; these are far beyond any.</summary>
public abstract class LimitClauses(HubUnderTest hub)
{
    [Theory]
    [InlineData("match=a", 1_000)]
    [InlineData("match_urlpattern=/a", 400)]
    public async Task Requests_with_too_many_matchers_MUST_be_rejected_with_400(string parameter, int count)
    {
        await using var query = await hub.OpenAsync("?" + string.Join('&', Enumerable.Repeat(parameter, count)));
        Assert.Equal(400, query.Status);
        await using var body = await QueryAsync(string.Join('&', Enumerable.Repeat(parameter, count * 10)));
        Assert.Equal(400, body.Status);
    }

    [Theory]
    [InlineData("match=")]
    [InlineData("match_exact=")]
    [InlineData("match_urlpattern=/")]
    public async Task Requests_with_a_matcher_that_is_too_long_MUST_be_rejected_with_400(string parameter)
    {
        await using var query = await hub.OpenAsync($"?{parameter}{new string('a', 7_500)}");
        Assert.Equal(400, query.Status);
        await using var body = await QueryAsync(parameter + new string('a', 100_000));
        Assert.Equal(400, body.Status);
    }

    [Theory]
    [InlineData("topic")]
    [InlineData("id")]
    [InlineData("type")]
    public async Task Requests_with_a_field_that_is_too_long_MUST_be_rejected_with_413(string field)
    {
        using var response = await hub.PostAsync(("topic", HubUnderTest.NewTopic()), (field, new string('a', 500_000)));
        Assert.Equal(413, (int)response.StatusCode);
    }

    [Fact]
    public async Task Requests_with_too_many_topics_MUST_be_rejected_with_413()
    {
        using var response = await hub.PostAsync([.. Enumerable.Range(0, 20_000).Select(number => ("topic", $"t{number}"))]);
        Assert.Equal(413, (int)response.StatusCode);
    }

    [Fact]
    public Task Tokens_with_too_many_topics_MUST_be_rejected_as_invalid() =>
        AssertInvalidAsync(token => token.Details[0]!["topics"] = new JsonArray([.. Enumerable.Range(0, 500).Select(_ => (JsonNode)new JsonObject { ["match"] = "*" })]));

    [Fact]
    public Task Tokens_with_too_many_details_MUST_be_rejected_as_invalid() => AssertInvalidAsync(token =>
    {
        for (var i = 0; i < 105; i++) token.Details.Add(token.Details[0]!.DeepClone());
    });

    [Theory]
    [InlineData("exact")]
    [InlineData("urlpattern")]
    public Task Tokens_with_a_pattern_that_is_too_long_MUST_be_rejected_as_invalid(string type) =>
        AssertInvalidAsync(token => token.Details.Add(TestToken.Detail("publish", "/" + new string('a', 8_000), type)));

    private async Task AssertInvalidAsync(Action<TestToken> enlarge)
    {
        var token = hub.Token(("publish", "*", null));
        enlarge(token);
        using var response = await hub.PostAsync(hub.Signed(token), ("topic", HubUnderTest.NewTopic()));
        Assert.Equal(401, (int)response.StatusCode);
        Assert.Contains("error=\"invalid_token\"", response.Headers.WwwAuthenticate.Single().Parameter, StringComparison.Ordinal);
    }

    private async Task<StreamUnderTest> QueryAsync(string body)
    {
        using var request = new HttpRequestMessage(new HttpMethod("QUERY"), hub.Url) { Content = new StringContent(body, Encoding.UTF8, "application/x-www-form-urlencoded") };
        return new(await hub.SendAsync(request));
    }
}
