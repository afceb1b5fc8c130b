using System.Security.Cryptography;
using Fonte.AspNetCore.Tests.Authorization;

namespace Fonte.Conformance.Hubs;

/// <summary>Private keys of an issuer that the hub trusts; the hub has only the public ones.</summary>
internal sealed class SigningKeys(string issuer, RSA? rsa, ECDsa? curve) : IDisposable
{
    internal string Issuer => issuer;

    /// <summary>What the hub is given: PEM, one after the other.</summary>
    internal string PublicPem => string.Join('\n', new[] { rsa?.ExportSubjectPublicKeyInfoPem(), curve?.ExportSubjectPublicKeyInfoPem() }.OfType<string>());

    internal static SigningKeys New() => new("https://keys.example", RSA.Create(2048), ECDsa.Create(ECCurve.NamedCurves.nistP256));

    /// <summary>The private key of a PEM file, of RSA or of the curve P-256.</summary>
    internal static SigningKeys OfFile(string issuer, string path)
    {
        var pem = File.ReadAllText(path);
        var rsa = RSA.Create();
        try
        {
            rsa.ImportFromPem(pem);
            return new(issuer, rsa, curve: null);
        }
        catch (Exception exception) when (exception is CryptographicException or ArgumentException)
        {
            rsa.Dispose();
        }
        var curve = ECDsa.Create();
        curve.ImportFromPem(pem);
        return new(issuer, rsa: null, curve);
    }

    internal bool Has(string algorithm) => algorithm == "ES256" ? curve is not null : rsa is not null;

    /// <summary>Signs as this issuer, or under another's name.</summary>
    internal string Sign(TestToken token, string algorithm, string? name = null) => token.With("iss", name ?? Issuer).WithHeader("alg", algorithm).Sign(bytes => algorithm switch
    {
        "ES256" => curve!.SignData(bytes, HashAlgorithmName.SHA256),
        "RS256" => rsa!.SignData(bytes, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1),
        _ => rsa!.SignData(bytes, HashAlgorithmName.SHA256, RSASignaturePadding.Pss),
    });

    public void Dispose()
    {
        rsa?.Dispose();
        curve?.Dispose();
    }
}
