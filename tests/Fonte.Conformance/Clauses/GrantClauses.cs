using System.Text.Json.Nodes;
using Fonte.AspNetCore.Tests.Authorization;
using Fonte.Conformance.Hubs;
using Xunit;

namespace Fonte.Conformance.Clauses;

/// <summary>Mercure draft -08, "Token Validation", "Authorization Details", "Subscribers" and "Topic Matcher List": what a token that is right grants.</summary>
public abstract class GrantClauses(HubUnderTest hub)
{
    private readonly string _topic = HubUnderTest.NewTopic();

    [Theory]
    [InlineData("application/at+jwt")]
    [InlineData("AT+JWT")]
    [InlineData("Application/AT+jwt")]
    public async Task The_typ_is_compared_with_the_prefix_omitted_and_case_insensitively(string type) =>
        Assert.Equal(200, await StatusAsync(token => token.WithHeader("typ", type)));

    [Fact]
    public async Task The_aud_MAY_be_an_array_of_which_the_resource_identifier_is_a_member()
    {
        Assert.Equal(200, await StatusAsync(token => token.With("aud", new JsonArray("https://other.example", hub.Audience))));
        Assert.Equal(401, await StatusAsync(token => token.With("aud", new JsonArray("https://other.example"))));
        Assert.Equal(401, await StatusAsync(token => token.With("aud", new JsonArray())));
    }

    [Theory]
    [InlineData("bearer")]
    [InlineData("BEARER")]
    public async Task The_scheme_name_is_matched_case_insensitively(string scheme)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, hub.Url) { Content = new FormUrlEncodedContent([new("topic", _topic)]) };
        request.Headers.TryAddWithoutValidation("Authorization", $"{scheme} {hub.Signed(hub.Token(("publish", "*", null)))}");
        using var response = await hub.SendAsync(request);
        Assert.Equal(200, (int)response.StatusCode);
    }

    [Fact]
    public async Task Hubs_MUST_ignore_action_values_they_do_not_recognize()
    {
        Assert.Equal(200, await StatusAsync(token => token.Details[0]!["actions"] = new JsonArray("future", "publish")));
        Assert.Equal(403, await StatusAsync(token => token.Details[0]!["actions"] = new JsonArray("future")));
        Assert.Equal(403, await StatusAsync(token => token.Details[0]!["actions"] = new JsonArray("Publish")));
    }

    [Fact]
    public async Task Tokens_with_no_Mercure_detail_grant_no_rights_and_the_type_is_compared_byte_by_byte()
    {
        Assert.Equal(403, await StatusAsync(token => token.With("authorization_details", null)));
        Assert.Equal(403, await StatusAsync(token => token.With("authorization_details", new JsonArray())));
        Assert.Equal(403, await StatusAsync(token => token.Details[0]!["type"] = "https://MERCURE.rocks/authorization-detail"));
        Assert.Equal(200, await StatusAsync(token => token.Details.Insert(0, new JsonObject { ["type"] = "https://other.example", ["actions"] = 1 })));
    }

    [Theory]
    [InlineData("""{"match":"*","match_type":"Exact"}""")]
    [InlineData("""{"match":"*","match_type":"URLPattern"}""")]
    [InlineData("""{"match":"*","match_type":""}""")]
    [InlineData("""{"match":"*","match_type":1}""")]
    [InlineData("""{"match_type":"exact"}""")]
    [InlineData("""{"match":1}""")]
    [InlineData("\"*\"")]
    [InlineData("null")]
    public async Task An_entry_that_fails_to_validate_as_a_topic_matcher_MUST_cause_the_token_to_be_rejected(string matcher) =>
        Assert.Equal(401, await StatusAsync(token => token.Details[0]!["topics"]!.AsArray().Add(JsonNode.Parse(matcher))));

    [Theory]
    [InlineData(null)]
    [InlineData("exact")]
    [InlineData("urlpattern")]
    public async Task A_match_of_the_wildcard_matches_every_topic_regardless_of_match_type(string? type)
    {
        using var response = await hub.PostAsync(hub.Signed(hub.Token(("publish", "*", type))), ("topic", "http://[ not a url"), ("topic", _topic));
        Assert.Equal(200, (int)response.StatusCode);
    }

    [Fact]
    public async Task If_no_match_type_is_present_the_hub_MUST_assume_exact()
    {
        var pattern = _topic + "/:id";
        var token = hub.Signed(hub.Token(("publish", pattern, null)));
        using var literal = await hub.PostAsync(token, ("topic", pattern));
        using var matched = await hub.PostAsync(token, ("topic", _topic + "/1"));
        Assert.Equal((200, 403), ((int)literal.StatusCode, (int)matched.StatusCode));
    }

    [Fact]
    public async Task The_query_parameters_never_grant_access_to_private_updates_and_a_grant_on_an_alternate_topic_does()
    {
        var mine = _topic + "/users/42/1";
        await using var stream = await hub.OpenAsync(
            "?match_urlpattern=" + Uri.EscapeDataString(_topic + "/:id"), hub.Signed(hub.Token(("subscribe", _topic + "/users/42/*", "urlpattern"), ("publish", "*", null))));
        await hub.PublishAsync(("topic", _topic + "/1"), ("data", "of others"), ("private", "on"));
        await hub.PublishAsync(("topic", _topic + "/1"), ("topic", mine), ("data", "mine"), ("private", "on"));
        Assert.Equal("mine", await stream.NextDataAsync());
    }

    [Fact]
    public async Task Every_401_or_403_carries_the_challenge_which_SHOULD_include_the_resource_metadata()
    {
        foreach (var token in new[] { "nonsense", hub.Signed(hub.Token(("subscribe", "*", null))) })
        {
            using var response = await hub.PostAsync(token, ("topic", _topic));
            Assert.Contains("resource_metadata=\"", response.Headers.WwwAuthenticate.Single(each => each.Scheme == "Bearer").Parameter, StringComparison.Ordinal);
        }
    }

    private async Task<int> StatusAsync(Action<TestToken> change)
    {
        var token = hub.Token(("publish", "*", null));
        change(token);
        using var response = await hub.PostAsync(hub.Signed(token), ("topic", _topic));
        return (int)response.StatusCode;
    }
}
