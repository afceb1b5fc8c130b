using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Xunit;
using static Fonte.AspNetCore.Tests.HubApplication;

namespace Fonte.AspNetCore.Tests.Authorization;

/// <summary>Which tokens are valid (Mercure draft -08, "Token Validation" and "Error Responses"; RFC 8725).</summary>
public sealed class TokenValidationTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fonte-keys").FullName;
    private readonly RSA _rsa = RSA.Create(2048);
    private readonly ECDsa _curve = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public void Dispose()
    {
        _rsa.Dispose();
        _curve.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [InlineData("HS256")]
    [InlineData("RS256")]
    [InlineData("PS256")]
    [InlineData("ES256")]
    public async Task Algorithms_that_the_allowlist_has_are_accepted(string algorithm)
    {
        await using var app = await StartAsync();
        var token = TestToken.Granting("publish", "a").WithHeader("alg", algorithm);
        Assert.Equal(HttpStatusCode.OK, await PublishAsync(app, algorithm == "HS256" ? token.Sign() : token.With("iss", "https://files.example").Sign(Signer(algorithm))));
    }

    [Theory]
    [InlineData("at+jwt")]
    [InlineData("AT+JWT")]
    [InlineData("application/at+jwt")]
    [InlineData("Application/At+Jwt")]
    public async Task Typ_is_at_jwt_without_regard_to_case_or_prefix(string type)
    {
        await using var app = await StartAsync();
        Assert.Equal(HttpStatusCode.OK, await PublishAsync(app, TestToken.Granting("publish", "a").WithHeader("typ", type).Sign()));
    }

    [Fact]
    public async Task Aud_may_be_a_list_that_holds_the_hub()
    {
        await using var app = await StartAsync();
        Assert.Equal(HttpStatusCode.OK, await PublishAsync(app, TestToken.Granting("publish", "a").With("aud", new JsonArray("https://other.example", TestToken.Resource)).Sign()));
    }

    public static TheoryData<string> Wrong => [.. WrongTokens.Keys];

    private static Dictionary<string, Func<TokenValidationTests, string>> WrongTokens => new()
    {
        ["no JWT"] = _ => "abc",
        ["three parts that are none"] = _ => "a.b.c",
        ["alg none"] = _ => Token().WithHeader("alg", "none").Sign(_ => []),
        ["alg None"] = _ => Token().WithHeader("alg", "None").Sign(_ => []),
        ["no signature"] = _ => Token().Sign(_ => []),
        ["another key"] = _ => Token().Sign("another secret of thirty-two bytes or more"),
        ["an algorithm that is not listed"] = _ => Token().WithHeader("alg", "HS512").Sign(bytes => HMACSHA512.HashData(Encoding.UTF8.GetBytes(TestToken.Secret), bytes)),
        ["HMAC with the public key as its secret"] = test => Token().With("iss", "https://files.example").Sign(bytes => HMACSHA256.HashData(Encoding.UTF8.GetBytes(test._rsa.ExportSubjectPublicKeyInfoPem()), bytes)),
        ["HMAC with the public key's bytes"] = test => Token().With("iss", "https://files.example").Sign(bytes => HMACSHA256.HashData(test._rsa.ExportSubjectPublicKeyInfo(), bytes)),
        ["another issuer's key"] = _ => Token().With("iss", "https://files.example").Sign(),
        ["another issuer's kid"] = _ => Token().With("iss", "https://other.example").WithHeader("kid", "of-issuer").Sign(),
        ["an issuer that is not known"] = _ => Token().With("iss", "https://stranger.example").Sign(),
        ["an issuer with a slash more"] = _ => Token().With("iss", TestToken.Issuer + "/").Sign(),
        ["no issuer"] = _ => Token().With("iss", null).Sign(),
        ["expired"] = _ => Token().With("exp", TestToken.Now() - 1).Sign(),
        ["not yet valid"] = _ => Token().With("nbf", TestToken.Now() + 60).Sign(),
        ["no exp"] = _ => Token().With("exp", null).Sign(),
        ["an exp that is text"] = _ => Token().With("exp", "tomorrow").Sign(),
        ["for another hub"] = _ => Token().With("aud", "https://other.example/.well-known/mercure").Sign(),
        ["for the hub with a slash more"] = _ => Token().With("aud", TestToken.Resource + "/").Sign(),
        ["for no hub"] = _ => Token().With("aud", null).Sign(),
        ["typ JWT"] = _ => Token().WithHeader("typ", "JWT").Sign(),
        ["no typ"] = _ => Token().WithHeader("typ", null).Sign(),
        ["critical extensions"] = _ => Token().WithHeader("crit", new JsonArray("b64")).Sign(),
        ["a key in its header"] = test => Token().WithHeader("alg", "ES256").WithHeader("jwk", Jwk(test._curve)).Sign(test.Signer("ES256")),
        ["a key's address in its header"] = test => Token().WithHeader("alg", "RS256").WithHeader("jku", "https://evil.example/keys").Sign(test.Signer("RS256")),
        ["a certificate's address in its header"] = test => Token().WithHeader("alg", "RS256").WithHeader("x5u", "https://evil.example/keys").Sign(test.Signer("RS256")),
        ["a key that is only for subscribing"] = _ => Token().With("iss", "https://roles.example").Sign("the subscribers' secret, of thirty-two bytes"),
        ["huge"] = _ => Token().With("filler", new string('x', 20_000)).Sign(),
        ["details that are no list"] = _ => Token().With("authorization_details", "all").Sign(),
        ["a detail that is no object"] = _ => With("publish").Sign(),
        ["actions that are not text"] = _ => With(Detail("actions", new JsonArray("publish", 1))).Sign(),
        ["no actions"] = _ => With(Detail("actions", new JsonArray())).Sign(),
        ["no topics"] = _ => With(Detail("topics", new JsonArray())).Sign(),
        ["a topic that is text"] = _ => With(Detail("topics", new JsonArray("a"))).Sign(),
        ["a matcher type that is not known"] = _ => With(TestToken.Detail("publish", "a", "regexp")).Sign(),
        ["a matcher type in capitals"] = _ => With(TestToken.Detail("publish", "a", "Exact")).Sign(),
        ["a pattern that is not well formed"] = _ => With(TestToken.Detail("publish", "https://a/{", "urlpattern")).Sign(),
        ["too many matchers"] = _ => With(Detail("topics", new JsonArray([.. Enumerable.Range(0, 101).Select(n => new JsonObject { ["match"] = $"t{n}" })]))).Sign(),
        ["a payload that is no object"] = _ => With(Detail("payload", "x")).Sign(),
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public async Task Wrong_token_is_refused_and_not_told_why(string wrong)
    {
        await using var app = await StartAsync();
        using var response = await SendAsync(app, HttpMethod.Post, WrongTokens[wrong](this));
        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Equal("""Bearer error="invalid_token", resource_metadata="https://hub.example/.well-known/oauth-protected-resource/.well-known/mercure" """.TrimEnd(), response.Headers.WwwAuthenticate.ToString());
        Assert.Equal(
            """{"type":"urn:fonte:problem:token-invalid","title":"Unauthorized","status":401,"detail":"The access token is not valid for this hub; present another."}""",
            await response.Content.ReadAsStringAsync(Stop));
    }

    // Not only where a request looks at the time once more.
    [Theory]
    [InlineData(null)]
    [InlineData("0.x")]
    public async Task Token_without_an_end_is_none_by_itself(string? compat)
    {
        var options = new FonteHttpOptions { Issuers = { new() { Issuer = TestToken.Issuer, Secret = TestToken.Secret } }, MercureCompat = compat };
        using var validator = new AccessTokenValidator(Microsoft.Extensions.Options.Options.Create(options), TimeProvider.System, Microsoft.Extensions.Logging.Abstractions.NullLogger<AccessTokenValidator>.Instance);
        Assert.NotNull(await ValidateAsync(Token()));
        Assert.Null(await ValidateAsync(Token().With("exp", null)));

        ValueTask<AccessToken?> ValidateAsync(TestToken token) => validator.ValidateAsync(token.Sign(), TokenRole.Publish, TestToken.Resource, new(new(TestToken.Resource)), Stop);
    }

    [Fact]
    public async Task Token_that_was_used_in_one_role_is_not_remembered_for_the_other()
    {
        await using var app = await StartAsync();
        var token = Token().With("iss", "https://roles.example").Sign("the subscribers' secret, of thirty-two bytes");
        using var subscribed = await app.Client.SendAsync(new(HttpMethod.Get, Hub + "?match=a") { Headers = { Authorization = new("Bearer", token) } }, HttpCompletionOption.ResponseHeadersRead, Stop);
        Assert.Equal(HttpStatusCode.OK, subscribed.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, await PublishAsync(app, token));
    }

    // A set that would verify the token, served where the token says.
    [Theory]
    [InlineData("jku")]
    [InlineData("x5u")]
    public async Task Keys_that_a_token_points_to_are_not_fetched(string header)
    {
        var asked = 0;
        await using var elsewhere = await HubApplication.StartAsync(map: web => web.MapGet("/keys", () =>
        {
            Interlocked.Increment(ref asked);
            return TypedResults.Text(new JsonObject { ["keys"] = new JsonArray(Jwk(_curve)) }.ToJsonString(), "application/json");
        }));
        await using var app = await HubApplication.StartAsync(options => options.Issuers.Add(new() { Issuer = TestToken.Issuer, Secret = TestToken.Secret }));
        Assert.Equal(HttpStatusCode.Unauthorized, await PublishAsync(app, Token().WithHeader("alg", "ES256").WithHeader(header, elsewhere.Address + "/keys").Sign(Signer("ES256"))));
        Assert.Equal(0, asked);
    }

    [Fact]
    public async Task Actions_and_details_of_others_are_passed_over()
    {
        await using var app = await StartAsync();
        var token = TestToken.Granting("publish", "a");
        ((JsonArray)token.Details[0]!["actions"]!).Add("dance");
        token.Details.Add(new JsonObject { ["type"] = "payment", ["amount"] = 1 });
        Assert.Equal(HttpStatusCode.OK, await PublishAsync(app, token.Sign()));
    }

    [Theory]
    [InlineData("Bearer")]
    [InlineData("Bearer ")]
    [InlineData("Bearer a b")]
    [InlineData("Bearer \"a\"")]
    public async Task Field_that_is_not_as_it_must_be_is_a_bad_request(string field)
    {
        await using var app = await StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, Hub) { Content = new StringContent("topic=a", null, "application/x-www-form-urlencoded") };
        request.Headers.TryAddWithoutValidation("Authorization", field);
        using var response = await app.Client.SendAsync(request, Stop);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains("error=\"invalid_request\"", response.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
    }

    private static TestToken Token() => TestToken.Granting("publish", "a");

    private static TestToken With(JsonNode detail)
    {
        // Beside one that would grant it.
        var token = Token();
        token.Details.Add(detail);
        return token;
    }

    private static JsonObject Detail(string property, JsonNode value)
    {
        var detail = TestToken.Detail("publish", "a");
        detail[property] = value;
        return detail;
    }

    private static JsonObject Jwk(ECDsa key)
    {
        var point = key.ExportParameters(includePrivateParameters: false).Q;
        return new() { ["kty"] = "EC", ["crv"] = "P-256", ["x"] = System.Buffers.Text.Base64Url.EncodeToString(point.X!), ["y"] = System.Buffers.Text.Base64Url.EncodeToString(point.Y!) };
    }

    private Func<byte[], byte[]> Signer(string algorithm) => algorithm switch
    {
        "RS256" => bytes => _rsa.SignData(bytes, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1),
        "PS256" => bytes => _rsa.SignData(bytes, HashAlgorithmName.SHA256, RSASignaturePadding.Pss),
        _ => bytes => _curve.SignData(bytes, HashAlgorithmName.SHA256),
    };

    private Task<HubApplication> StartAsync()
    {
        var file = Path.Combine(_folder, "keys.pem");
        File.WriteAllText(file, $"{_rsa.ExportSubjectPublicKeyInfoPem()}\n{_curve.ExportSubjectPublicKeyInfoPem()}\n");
        return HubApplication.StartAsync(options =>
        {
            options.AnonymousPublish = false;
            options.Resource = TestToken.Resource;
            options.Issuers.Add(new() { Issuer = TestToken.Issuer, Secret = TestToken.Secret });
            options.Issuers.Add(new() { Issuer = "https://files.example", KeyFile = file });
            options.Issuers.Add(new() { Issuer = "https://other.example", Secret = "the secret of another issuer, of thirty-two" });
            options.Issuers.Add(new() { Issuer = "https://roles.example", Secret = "the subscribers' secret, of thirty-two bytes", Roles = { TokenRole.Subscribe } });
            options.Issuers.Add(new() { Issuer = "https://roles.example", Secret = "the publishers' secret, of thirty-two bytes", Roles = { TokenRole.Publish } });
        });
    }

    private static async Task<HttpStatusCode> PublishAsync(HubApplication app, string token)
    {
        using var response = await SendAsync(app, HttpMethod.Post, token);
        return response.StatusCode;
    }

    private static Task<HttpResponseMessage> SendAsync(HubApplication app, HttpMethod method, string token)
    {
        var request = new HttpRequestMessage(method, Hub) { Content = new StringContent("topic=a", null, "application/x-www-form-urlencoded") };
        request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {token}");
        return app.Client.SendAsync(request, Stop);
    }
}
