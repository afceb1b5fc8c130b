using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace Fonte.AspNetCore.Tests.Authorization;

/// <summary>A key that an issuer publishes.</summary>
internal sealed class TestKey(string id) : IDisposable
{
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    internal string Sign(TestToken token) => token.WithHeader("alg", "ES256").WithHeader("kid", id).Sign(bytes => _key.SignData(bytes, HashAlgorithmName.SHA256));

    internal static string SetOf(IEnumerable<TestKey> keys) => new JsonObject { ["keys"] = new JsonArray([.. keys.Select(key => key.Jwk())]) }.ToJsonString();

    public void Dispose() => _key.Dispose();

    private JsonObject Jwk()
    {
        var point = _key.ExportParameters(includePrivateParameters: false).Q;
        return new() { ["kty"] = "EC", ["crv"] = "P-256", ["kid"] = id, ["use"] = "sig", ["x"] = Base64Url.EncodeToString(point.X!), ["y"] = Base64Url.EncodeToString(point.Y!) };
    }
}
