using System.Net;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Xunit;

namespace Fonte.AspNetCore.Tests.Authorization;

public sealed class AccessTokenIssuerTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fonte-keys").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("EC, PKCS 8")]
    [InlineData("EC, SEC 1")]
    [InlineData("RSA, PKCS 8")]
    [InlineData("RSA, PKCS 1")]
    [InlineData("JWK")]
    [InlineData("secret")]
    public async Task Token_of_each_kind_of_key_is_accepted(string kind)
    {
        var file = Path.Combine(_folder, "key");
        await File.WriteAllTextAsync(file, KeyOf(kind), HubApplication.Stop);
        var issuer = kind == "secret" ? AccessTokenIssuer.FromSecret(TestToken.Issuer, TestToken.Resource, TestToken.Secret) : AccessTokenIssuer.FromKeyFile(TestToken.Issuer, TestToken.Resource, file);
        await using var app = await HubApplication.StartAsync(options =>
        {
            options.AnonymousPublish = false;
            options.Resource = TestToken.Resource;
            options.Issuers.Add(kind == "secret" ? new() { Issuer = TestToken.Issuer, Secret = TestToken.Secret } : new() { Issuer = TestToken.Issuer, KeyFile = file });
        });
        var token = issuer.Issue(new() { Publish = [new("a"), new("/books/:id", IsPattern: true)], Payload = "{\"x\":1}", Lifetime = TimeSpan.FromMinutes(1) });
        using var request = new HttpRequestMessage(HttpMethod.Post, HubApplication.Hub) { Content = new StringContent("topic=a&topic=/books/1", null, "application/x-www-form-urlencoded") };
        request.Headers.Authorization = new("Bearer", token);
        using var response = await app.Client.SendAsync(request, HubApplication.Stop);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Theory]
    [InlineData("public key")]
    [InlineData("P-384")]
    [InlineData("RSA of 1024 bits")]
    [InlineData("nothing")]
    [InlineData("{")]
    public void File_without_a_private_key_that_can_be_used_is_refused(string kind)
    {
        var file = Path.Combine(_folder, "key");
        File.WriteAllText(file, KeyOf(kind));
        var refused = Assert.Throws<FormatException>(() => AccessTokenIssuer.FromKeyFile(TestToken.Issuer, TestToken.Resource, file));
        Assert.EndsWith(".", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Grant_of_nothing_a_short_secret_and_a_payload_that_is_no_json_are_mistakes_of_the_caller()
    {
        var issuer = AccessTokenIssuer.FromSecret(TestToken.Issuer, TestToken.Resource, TestToken.Secret);
        Assert.Throws<ArgumentException>(() => issuer.Issue(new()));
        Assert.Throws<ArgumentException>(() => issuer.Issue(new() { Subscribe = [new("a")], Payload = "{" }));
        Assert.Throws<ArgumentException>(() => issuer.Issue(new() { Subscribe = [new("a")], Payload = "1" }));
        Assert.Throws<ArgumentException>(() => AccessTokenIssuer.FromSecret("a", "b", "short"));
    }

    private static string KeyOf(string kind)
    {
        using var curve = ECDsa.Create(kind == "P-384" ? ECCurve.NamedCurves.nistP384 : ECCurve.NamedCurves.nistP256);
        using var rsa = RSA.Create(kind == "RSA of 1024 bits" ? 1024 : 2048);
        return kind switch
        {
            "EC, PKCS 8" or "P-384" => curve.ExportPkcs8PrivateKeyPem(),
            "EC, SEC 1" => curve.ExportECPrivateKeyPem(),
            "RSA, PKCS 8" or "RSA of 1024 bits" => rsa.ExportPkcs8PrivateKeyPem(),
            "RSA, PKCS 1" => rsa.ExportRSAPrivateKeyPem(),
            "public key" => curve.ExportSubjectPublicKeyInfoPem(),
            "JWK" => Jwk(curve.ExportParameters(includePrivateParameters: true)),
            _ => kind,
        };
    }

    private static string Jwk(ECParameters key) => new JsonObject
    {
        ["kty"] = "EC",
        ["crv"] = "P-256",
        ["x"] = System.Buffers.Text.Base64Url.EncodeToString(key.Q.X!),
        ["y"] = System.Buffers.Text.Base64Url.EncodeToString(key.Q.Y!),
        ["d"] = System.Buffers.Text.Base64Url.EncodeToString(key.D!),
    }.ToJsonString();
}
