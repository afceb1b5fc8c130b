using System.Text.Json.Nodes;
using Fonte.Conformance.Hubs;
using Xunit;

namespace Fonte.Conformance.Clauses;

/// <summary>Mercure draft -08, "Discovery" and "Protected Resource Metadata".</summary>
public abstract class DiscoveryClauses(HubUnderTest hub)
{
    [Fact]
    public async Task The_hub_SHOULD_publish_metadata_whose_resource_is_the_audience_of_tokens_and_name_it_in_challenges()
    {
        using var refused = await hub.PostAsync(token: null, ("topic", "a"));
        var challenge = refused.Headers.WwwAuthenticate.Single().Parameter!;
        const string Name = "resource_metadata=\"";
        var start = challenge.IndexOf(Name, StringComparison.Ordinal) + Name.Length;
        var url = challenge[start..challenge.IndexOf('"', start)];
        Assert.EndsWith("/.well-known/oauth-protected-resource" + hub.Url.AbsolutePath, url, StringComparison.Ordinal);
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        using var response = await hub.SendAsync(request);
        Assert.Equal("application/json", response.Content.Headers.ContentType?.MediaType);
        var metadata = JsonNode.Parse(await response.Content.ReadAsStringAsync(HubUnderTest.Stop))!;
        Assert.Equal(hub.Audience, metadata["resource"]!.GetValue<string>());
        Assert.Equal(["exact", "urlpattern"], metadata["mercure_matcher_types_supported"]!.AsArray().Select(each => each!.GetValue<string>()).Order());
        Assert.Contains("header", metadata["bearer_methods_supported"]!.AsArray().Select(each => each!.GetValue<string>()));
        Assert.Contains("https://mercure.rocks/authorization-detail", metadata["authorization_details_types_supported"]!.AsArray().Select(each => each!.GetValue<string>()));
        Assert.Equal("__Secure-mercure_access_token", metadata["mercure_cookie"]!.GetValue<string>());
        Assert.True(metadata["mercure_subscriptions"]!.GetValue<bool>());
    }
}
