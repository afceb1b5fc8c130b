using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.IdentityModel.Tokens;

namespace Fonte.AspNetCore;

/// <summary>The keys of an issuer, from its options. Thread-safe.</summary>
internal interface ITokenKeys
{
    /// <summary>The keys with which a token may be signed.</summary>
    /// <param name="keyId">Which one the token names, if it does: a hint that the keys that are known may be too old.</param>
    /// <param name="cancellationToken">Stops waiting for keys that are fetched.</param>
    ValueTask<IReadOnlyList<SecurityKey>> GetAsync(string? keyId, CancellationToken cancellationToken);
}

/// <summary>Keys that do not change while the hub runs.</summary>
internal sealed class FixedTokenKeys(IReadOnlyList<SecurityKey> keys) : ITokenKeys
{
    /// <summary>RFC 7518, section 3.2.</summary>
    internal const int LeastSecretBytes = 32;

    private const int LeastRsaBits = 2048;

    // RFC 5480, section 2.1.1.1.
    private const string Nist256 = "1.2.840.10045.3.1.7";

    public ValueTask<IReadOnlyList<SecurityKey>> GetAsync(string? keyId, CancellationToken cancellationToken) => new(keys);

    internal static FixedTokenKeys OfSecret(string secret) => new([new SymmetricSecurityKey(Encoding.UTF8.GetBytes(secret))]);

    /// <summary>The keys of a file.</summary>
    /// <exception cref="FormatException">It holds none that can be used. The message is a sentence.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    internal static FixedTokenKeys OfFile(string path) =>
        ReadFile(path) is { Count: > 0 } keys ? new(keys) : throw new FormatException("It holds no key for ES256, RS256, PS256, EdDSA or HS256 that may verify signatures.");

    /// <summary>The keys of a file that can be used, public and private.</summary>
    /// <exception cref="FormatException">It is no JWK Set. The message is a sentence.</exception>
    internal static IReadOnlyList<SecurityKey> ReadFile(string path)
    {
        var text = File.ReadAllText(path);
        return text.AsSpan().TrimStart().StartsWith('{') ? OfJwks(text, withSecrets: true) : OfPem(text);
    }

    /// <summary>The keys of a JWK Set, or of a single JWK, that are for signatures and known here.</summary>
    /// <param name="json">The set.</param>
    /// <param name="withSecrets">Whether shared keys may be among them: what is published is no secret.</param>
    /// <exception cref="FormatException">It is none.</exception>
    internal static IReadOnlyList<SecurityKey> OfJwks(string json, bool withSecrets)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            if (!document.RootElement.TryGetProperty("keys", out var set)) return OfJwk(json, withSecrets) is { } only ? [only] : [];
            return [.. set.EnumerateArray().Select(key => OfJwk(key.GetRawText(), withSecrets)).OfType<SecurityKey>()];
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            throw new FormatException("It is no JWK Set.", exception);
        }
    }

    // One that is not as it must be is passed over, and spoils none of the others (RFC 7517, section 5).
    private static SecurityKey? OfJwk(string json, bool withSecrets)
    {
        try
        {
            var key = new JsonWebKey(json);
            return withSecrets || key.Kty != JsonWebAlgorithmsKeyTypes.Octet ? OfJwk(key) : null;
        }
        catch (Exception exception) when (exception is ArgumentException or JsonException or FormatException or NotSupportedException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>Whether a key that is known may have signed with this algorithm: one that says with which has signed with no other (RFC 7517, section 4.4; RFC 8725, section 3.1).</summary>
    internal static bool Serves(SecurityKey key, string algorithm) => key switch
    {
        JsonWebKey { Alg: { Length: > 0 } own } => own == algorithm,
        Ed25519Key { Own: { Length: > 0 } own } => own == algorithm,
        _ => true,
    };

    private static SecurityKey? OfJwk(JsonWebKey key)
    {
        if (!IsForSignatures(key)) return null;
        return key.Kty switch
        {
            JsonWebAlgorithmsKeyTypes.EllipticCurve when key.Crv == JsonWebKeyECTypes.P256 => key,
            JsonWebAlgorithmsKeyTypes.RSA when key.KeySize >= LeastRsaBits => key,
            JsonWebAlgorithmsKeyTypes.Octet when key.KeySize >= LeastSecretBytes * 8 => key,
            Ed25519Key.KeyType when key.Crv == Ed25519Key.Curve => Ed25519Key.OfJwk(key),
            _ => null,
        };
    }

    // RFC 7517, sections 4.2 and 4.3.
    private static bool IsForSignatures(JsonWebKey key) =>
        key.Use is null or "" or "sig" && (key.KeyOps.Count == 0 || key.KeyOps.Contains("verify") || (key.KeyOps.Contains("sign") && (key.HasPrivateKey || key.Kty == JsonWebAlgorithmsKeyTypes.Octet)));

    private static List<SecurityKey> OfPem(string text)
    {
        var keys = new List<SecurityKey>();
        var rest = text.AsSpan();
        while (PemEncoding.TryFind(rest, out var fields))
        {
            var label = rest[fields.Label].ToString();
            var pem = rest[fields.Location].ToString();
            var content = Convert.FromBase64String(rest[fields.Base64Data].ToString());
            rest = rest[fields.Location.End..];
            if (Ed25519Key.OfPem(label, content) is { } ed25519) keys.Add(ed25519);
            else if (OfPem(label, pem) is { } key) keys.Add(key);
        }
        return keys;
    }

    private static SecurityKey? OfPem(string label, string pem)
    {
        if (label is "PUBLIC KEY" or "PRIVATE KEY" or "EC PRIVATE KEY")
        {
            var curve = ECDsa.Create();
            try
            {
                curve.ImportFromPem(pem);
                // By its name: other curves have keys as long.
                if (curve.ExportParameters(includePrivateParameters: false).Curve.Oid?.Value == Nist256) return new ECDsaSecurityKey(curve);
                curve.Dispose();
                return null;
            }
            catch (Exception exception) when (exception is CryptographicException or ArgumentException)
            {
                curve.Dispose();
                if (label == "EC PRIVATE KEY") return null;
            }
        }
        if (label is not ("PUBLIC KEY" or "PRIVATE KEY" or "RSA PUBLIC KEY" or "RSA PRIVATE KEY")) return null;
        var rsa = RSA.Create();
        try
        {
            rsa.ImportFromPem(pem);
            if (rsa.KeySize >= LeastRsaBits) return new RsaSecurityKey(rsa);
        }
        catch (Exception exception) when (exception is CryptographicException or ArgumentException)
        {
            // Of another kind.
        }
        rsa.Dispose();
        return null;
    }
}
