using Fonte.Conformance.Hubs;
using Xunit;

namespace Fonte.Conformance.Clauses;

/// <summary>Mercure draft -08, "Token Validation": which key and which algorithm.</summary>
public abstract class KeyClauses(HubUnderTest hub)
{
    [Theory]
    [InlineData("ES256")]
    [InlineData("RS256")]
    [InlineData("PS256")]
    public async Task The_allowlist_of_algorithms_SHOULD_include_it(string algorithm)
    {
        var keys = hub.KeysFor(algorithm);
        var token = keys.Sign(hub.Token(("publish", "*", null)), algorithm);
        using var response = await hub.PostAsync(token, ("topic", HubUnderTest.NewTopic()));
        Assert.Equal(200, (int)response.StatusCode);
        var half = token.LastIndexOf('.') + 20;
        await AssertInvalidAsync(token[..half] + (token[half] == 'A' ? 'B' : 'A') + token[(half + 1)..]);
    }

    [Theory]
    [InlineData("ES256")]
    [InlineData("RS256")]
    public async Task Hubs_MUST_verify_that_alg_is_compatible_with_the_key(string algorithm)
    {
        var keys = hub.KeysFor(algorithm);
        // The public key, which is no secret, as the secret of HMAC (CWE-347), as it stands in the file and without its last line's end.
        foreach (var secret in new[] { keys.PublicPem, keys.PublicPem + "\n" })
            await AssertInvalidAsync(hub.Token(("publish", "*", null)).With("iss", keys.Issuer).Sign(secret));
        await AssertInvalidAsync(hub.Token(("publish", "*", null)).WithHeader("alg", algorithm).Sign(hub.Secret));
    }

    [Theory]
    [InlineData("ES256")]
    [InlineData("RS256")]
    public async Task Hubs_MUST_verify_using_only_the_keys_associated_with_the_tokens_iss(string algorithm)
    {
        var keys = hub.KeysFor(algorithm);
        await AssertInvalidAsync(hub.Token(("publish", "*", null)).With("iss", keys.Issuer).Sign(hub.Secret));
        await AssertInvalidAsync(keys.Sign(hub.Token(("publish", "*", null)), algorithm, name: hub.Issuer));
    }

    [Theory]
    [InlineData("ES256")]
    [InlineData("RS256")]
    public async Task Hubs_MUST_NOT_use_key_material_supplied_by_the_token_itself(string algorithm)
    {
        using var others = SigningKeys.New();
        foreach (var header in new[] { "jku", "x5u", "kid" })
        {
            var token = hub.Token(("publish", "*", null)).WithHeader(header, "https://keys.example/key");
            await AssertInvalidAsync(others.Sign(token, algorithm, hub.KeysFor(algorithm).Issuer));
        }
    }

    private async Task AssertInvalidAsync(string token)
    {
        using var response = await hub.PostAsync(token, ("topic", HubUnderTest.NewTopic()));
        Assert.Equal(401, (int)response.StatusCode);
        Assert.Contains("error=\"invalid_token\"", response.Headers.WwwAuthenticate.Single().Parameter, StringComparison.Ordinal);
    }
}
