using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Org.BouncyCastle.Math.EC.Rfc8032;
using Xunit;

namespace Fonte.AspNetCore.Tests.Authorization;

/// <summary>Which keys of a file or a set verify which tokens (RFC 7517, sections 4.2 to 4.4; RFC 8037; RFC 8725, section 3.1).</summary>
public sealed class TokenKeyTests : IDisposable
{
    // RFC 8037, appendix A.1 and A.2; in PEM as openssl writes it (RFC 8410).
    private const string PrivatePem = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n-----END PRIVATE KEY-----\n";
    private const string PublicPem = "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\n-----END PUBLIC KEY-----\n";
    private const string Private = "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A";
    private const string Public = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";

    private readonly string _folder = Directory.CreateTempSubdirectory("fonte-keys").FullName;
    private readonly RSA _rsa = RSA.Create(2048);

    public void Dispose()
    {
        _rsa.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void Signature_of_RFC_8037_appendix_A_4_is_made_and_verified()
    {
        var input = Encoding.ASCII.GetBytes("eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc");
        const string expected = "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg";
        var key = Ed25519Key.OfPrivate(Base64Url.DecodeFromChars(Private))!;
        var provider = key.CryptoProviderFactory.CreateForSigning(key, "EdDSA");
        Assert.Equal(expected, Base64Url.EncodeToString(provider.Sign(input)));
        var verifier = key.CryptoProviderFactory.CreateForVerifying(Ed25519Key.OfPublic(Base64Url.DecodeFromChars(Public))!, "EdDSA");
        var signature = Base64Url.DecodeFromChars(expected);
        Assert.True(verifier.Verify(input, signature));
        for (var i = 0; i < signature.Length; i++)
        {
            signature[i] ^= 1;
            Assert.False(verifier.Verify(input, signature));
            signature[i] ^= 1;
        }
        Assert.False(verifier.Verify(input, signature[..^1]));
    }

    [Theory]
    [InlineData("EdDSA", null)]
    [InlineData("Ed25519", null)]
    [InlineData("EdDSA", "EdDSA")]
    [InlineData("Ed25519", "Ed25519")]
    public async Task Ed25519_keys_verify_under_both_names(string algorithm, string? own)
    {
        Assert.True(await IsValidAsync(Jwk(own), algorithm));
        if (own is null) Assert.True(await IsValidAsync(PublicPem, algorithm));
        if (own is null) Assert.True(await IsValidAsync(PrivatePem, algorithm));
    }

    [Theory]
    [InlineData("EdDSA", "Ed25519")]
    [InlineData("Ed25519", "EdDSA")]
    public async Task Key_that_says_with_which_name_verifies_no_other(string algorithm, string own) => Assert.False(await IsValidAsync(Jwk(own), algorithm));

    [Theory]
    [InlineData("RS256", null, true)]
    [InlineData("PS256", null, true)]
    [InlineData("RS256", "RS256", true)]
    [InlineData("PS256", "PS256", true)]
    [InlineData("PS256", "RS256", false)]
    [InlineData("RS256", "PS256", false)]
    [InlineData("RS256", "RS512", false)]
    public async Task Key_that_says_its_algorithm_verifies_no_other(string algorithm, string? own, bool expected)
    {
        var key = _rsa.ExportParameters(includePrivateParameters: false);
        var jwk = new JsonObject { ["kty"] = "RSA", ["n"] = Base64Url.EncodeToString(key.Modulus!), ["e"] = Base64Url.EncodeToString(key.Exponent!) };
        if (own is not null) jwk["alg"] = own;
        var padding = algorithm == "RS256" ? RSASignaturePadding.Pkcs1 : RSASignaturePadding.Pss;
        Assert.Equal(expected, await IsValidAsync(Set(jwk), algorithm, bytes => _rsa.SignData(bytes, HashAlgorithmName.SHA256, padding)));
    }

    [Theory]
    [InlineData("use", "\"enc\"")]
    [InlineData("use", "\"SIG\"")]
    [InlineData("key_ops", "[\"encrypt\"]")]
    [InlineData("key_ops", "[\"sign\"]")]
    [InlineData("x", "\"AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"")]
    [InlineData("x", "\"AA\"")]
    [InlineData("x", "null")]
    [InlineData("x", "\"!\"")]
    [InlineData("crv", "\"X25519\"")]
    [InlineData("crv", "\"Ed448\"")]
    [InlineData("kty", "\"OKQ\"")]
    [InlineData("d", "\"AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"")]
    public void Key_that_is_for_something_else_or_none_is_left_out(string member, string value)
    {
        var jwk = Member(Jwk(null));
        jwk[member] = JsonNode.Parse(value);
        Assert.Empty(FixedTokenKeys.OfJwks(Set(jwk), withSecrets: true));
    }

    [Theory]
    [InlineData("use", "\"sig\"")]
    [InlineData("key_ops", "[\"verify\"]")]
    [InlineData("key_ops", "[\"sign\",\"verify\"]")]
    [InlineData("kid", "\"a\"")]
    [InlineData("d", $"\"{Private}\"")]
    public void Key_that_is_for_signatures_is_kept(string member, string value)
    {
        var jwk = Member(Jwk(null));
        jwk[member] = JsonNode.Parse(value);
        var key = Assert.Single(FixedTokenKeys.OfJwks(Set(jwk), withSecrets: true));
        Assert.Equal(member == "kid" ? "a" : null, key.KeyId);
    }

    // RFC 7517, section 5: keys that cannot be understood are ignored.
    [Theory]
    [InlineData("""{"kty":"RSA","n":"@@","e":"AQAB"}""")]
    [InlineData("""{"kty":"EC","crv":"P-256","x":1}""")]
    [InlineData("""{"kty":"OKP","crv":"Ed25519","x":"AA","key_ops":"verify"}""")]
    [InlineData("1")]
    [InlineData("null")]
    [InlineData("{}")]
    public void Key_that_cannot_be_read_spoils_no_other(string key)
    {
        var set = $$"""{"keys":[{{key}},{{Member(Jwk(null)).ToJsonString()}}]}""";
        Assert.IsType<Ed25519Key>(Assert.Single(FixedTokenKeys.OfJwks(set, withSecrets: true)));
        Assert.Empty(FixedTokenKeys.OfJwks($$"""{"keys":[{{key}}]}""", withSecrets: true));
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("1")]
    [InlineData("""{"keys":1}""")]
    [InlineData("{")]
    public void What_is_no_set_is_told(string set) => Assert.Throws<FormatException>(() => FixedTokenKeys.OfJwks(set, withSecrets: true));

    [Theory]
    [InlineData("secp256k1")]
    [InlineData("brainpoolP256r1")]
    public void Curve_of_another_name_is_no_P_256(string name)
    {
        using var curve = ECDsa.Create(ECCurve.CreateFromFriendlyName(name));
        var file = Path.Combine(_folder, "key");
        File.WriteAllText(file, curve.ExportSubjectPublicKeyInfoPem());
        Assert.Throws<FormatException>(() => FixedTokenKeys.OfFile(file));
    }

    [Theory]
    [InlineData("pem", "EdDSA")]
    [InlineData(null, "EdDSA")]
    [InlineData("Ed25519", "Ed25519")]
    public async Task Tokens_are_issued_with_such_a_key(string? own, string algorithm)
    {
        var jwk = Member(Jwk(own));
        jwk["d"] = Private;
        var file = Path.Combine(_folder, "key");
        await File.WriteAllTextAsync(file, own == "pem" ? PrivatePem : jwk.ToJsonString(), HubApplication.Stop);
        var token = AccessTokenIssuer.FromKeyFile(TestToken.Issuer, TestToken.Resource, file).Issue(new() { Publish = [new("a")] });
        Assert.Contains($"\"alg\":\"{algorithm}\"", Encoding.UTF8.GetString(Base64Url.DecodeFromChars(token.AsSpan(0, token.IndexOf('.', StringComparison.Ordinal)))), StringComparison.Ordinal);
        Assert.NotNull(await ValidateAsync(file, token));
    }

    private static JsonObject Member(string set) => (JsonObject)JsonNode.Parse(set)!["keys"]![0]!.DeepClone();

    private static string Set(JsonObject jwk) => new JsonObject { ["keys"] = new JsonArray(jwk) }.ToJsonString();

    private static string Jwk(string? own)
    {
        var jwk = new JsonObject { ["kty"] = "OKP", ["crv"] = "Ed25519", ["x"] = Public };
        if (own is not null) jwk["alg"] = own;
        return Set(jwk);
    }

    private async Task<bool> IsValidAsync(string keys, string algorithm, Func<byte[], byte[]>? sign = null)
    {
        var file = Path.Combine(_folder, "keys");
        await File.WriteAllTextAsync(file, keys, HubApplication.Stop);
        var token = TestToken.Granting("publish", "a").WithHeader("alg", algorithm).Sign(sign ?? (bytes =>
        {
            var signature = new byte[64];
            Ed25519.Sign(Base64Url.DecodeFromChars(Private), 0, bytes, 0, bytes.Length, signature, 0);
            return signature;
        }));
        return await ValidateAsync(file, token) is not null;
    }

    private static async Task<AccessToken?> ValidateAsync(string file, string token)
    {
        var options = new FonteHttpOptions { Issuers = { new() { Issuer = TestToken.Issuer, KeyFile = file } } };
        using var validator = new AccessTokenValidator(Options.Create(options), TimeProvider.System, NullLogger<AccessTokenValidator>.Instance);
        return await validator.ValidateAsync(token, TokenRole.Publish, TestToken.Resource, new(new(TestToken.Resource)), HubApplication.Stop);
    }
}
