using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Fonte.AspNetCore;

/// <summary>Issues access tokens for a hub with a key of one's own (RFC 9068; Mercure draft -08, "Authorization"). Thread-safe.</summary>
public sealed class AccessTokenIssuer
{
    private readonly JsonWebTokenHandler _handler = new() { SetDefaultTimesOnTokenCreation = false };
    private readonly string _issuer;
    private readonly string _audience;
    private readonly SigningCredentials _credentials;
    private readonly TimeProvider _time;

    private AccessTokenIssuer(string issuer, string audience, SigningCredentials credentials, TimeProvider? time)
    {
        ArgumentException.ThrowIfNullOrEmpty(issuer);
        ArgumentException.ThrowIfNullOrEmpty(audience);
        (_issuer, _audience, _credentials, _time) = (issuer, audience, credentials, time ?? TimeProvider.System);
    }

    /// <summary>Issues tokens signed with HS256.</summary>
    /// <param name="issuer">Who issues them: the hub's <see cref="IssuerOptions.Issuer"/>.</param>
    /// <param name="audience">The hub they are for: its <see cref="FonteHttpOptions.Resource"/>, or its URL.</param>
    /// <param name="secret">The hub's <see cref="IssuerOptions.Secret"/>: at least 32 bytes of UTF-8.</param>
    /// <param name="timeProvider">The clock; the system's by default.</param>
    /// <exception cref="ArgumentException">One is empty, or the secret is shorter.</exception>
    public static AccessTokenIssuer FromSecret(string issuer, string audience, string secret, TimeProvider? timeProvider = null)
    {
        ArgumentNullException.ThrowIfNull(secret);
        var key = Encoding.UTF8.GetBytes(secret);
        if (key.Length < FixedTokenKeys.LeastSecretBytes) throw new ArgumentException($"A secret needs {FixedTokenKeys.LeastSecretBytes} bytes or more (RFC 7518, section 3.2).", nameof(secret));
        return new(issuer, audience, new(new SymmetricSecurityKey(key), SecurityAlgorithms.HmacSha256), timeProvider);
    }

    /// <summary>Issues tokens signed with the first private key of a file: ES256 for a P-256 key, EdDSA for an Ed25519 key, RS256 for an RSA key of 2048 bits or more.</summary>
    /// <param name="issuer">Who issues them: the hub's <see cref="IssuerOptions.Issuer"/>.</param>
    /// <param name="audience">The hub they are for: its <see cref="FonteHttpOptions.Resource"/>, or its URL.</param>
    /// <param name="path">A file in PEM, or with a JWK.</param>
    /// <param name="timeProvider">The clock; the system's by default.</param>
    /// <exception cref="FormatException">The file holds no private key that can be used. The message is a sentence.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    public static AccessTokenIssuer FromKeyFile(string issuer, string audience, string path, TimeProvider? timeProvider = null)
    {
        foreach (var key in FixedTokenKeys.ReadFile(path))
        {
            if (AlgorithmOf(key) is { } algorithm) return new(issuer, audience, new(key, algorithm), timeProvider);
        }
        throw new FormatException("It holds no private key for ES256, RS256 or EdDSA, and no shared one for HS256.");
    }

    /// <summary>Issues a token.</summary>
    /// <exception cref="ArgumentException">It grants nothing, or its payload is no JSON object.</exception>
    public string Issue(AccessTokenGrant grant)
    {
        ArgumentNullException.ThrowIfNull(grant);
        if (grant.Publish.Count + grant.Subscribe.Count == 0) throw new ArgumentException("Grant publishing or subscribing to something.", nameof(grant));
        if (grant.Payload is not null && !IsObject(grant.Payload)) throw new ArgumentException("The payload is no JSON object.", nameof(grant));
        var headers = new Dictionary<string, object> { [JwtHeaderParameterNames.Typ] = "at+jwt" };
        return _handler.CreateToken(Encoding.UTF8.GetString(Payload(grant)), _credentials, headers);
    }

    private static string? AlgorithmOf(SecurityKey key) => key switch
    {
        ECDsaSecurityKey curve when IsPrivate(() => curve.ECDsa.ExportParameters(includePrivateParameters: true)) => SecurityAlgorithms.EcdsaSha256,
        RsaSecurityKey rsa when IsPrivate(() => rsa.Rsa.ExportParameters(includePrivateParameters: true)) => SecurityAlgorithms.RsaSha256,
        Ed25519Key { PrivateKeyStatus: PrivateKeyStatus.Exists } ed25519 => Own(ed25519.Own, Ed25519Key.Algorithm, Ed25519Key.FullAlgorithm),
        JsonWebKey { Kty: JsonWebAlgorithmsKeyTypes.EllipticCurve, HasPrivateKey: true } jwk => Own(jwk.Alg, SecurityAlgorithms.EcdsaSha256),
        JsonWebKey { Kty: JsonWebAlgorithmsKeyTypes.RSA, HasPrivateKey: true } jwk => Own(jwk.Alg, SecurityAlgorithms.RsaSha256, SecurityAlgorithms.RsaSsaPssSha256),
        JsonWebKey { Kty: JsonWebAlgorithmsKeyTypes.Octet } jwk => Own(jwk.Alg, SecurityAlgorithms.HmacSha256),
        _ => null,
    };

    // What the key says it is for, if it is one of these; the first if it says nothing.
    private static string? Own(string? own, params ReadOnlySpan<string> algorithms) => string.IsNullOrEmpty(own) ? algorithms[0] : algorithms.Contains(own) ? own : null;

    private static bool IsObject(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return document.RootElement.ValueKind == JsonValueKind.Object;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    // The keys do not tell.
    private static bool IsPrivate<T>(Func<T> export)
    {
        try
        {
            export();
            return true;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    private ReadOnlySpan<byte> Payload(AccessTokenGrant grant)
    {
        var now = _time.GetUtcNow();
        var body = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(body))
        {
            json.WriteStartObject();
            json.WriteString("iss", _issuer);
            json.WriteString("aud", _audience);
            json.WriteString("sub", grant.Subject ?? $"urn:uuid:{Guid.NewGuid()}");
            json.WriteString("client_id", grant.ClientId ?? _issuer);
            json.WriteNumber("iat", now.ToUnixTimeSeconds());
            json.WriteNumber("exp", (now + grant.Lifetime).ToUnixTimeSeconds());
            json.WriteString("jti", $"urn:uuid:{Guid.NewGuid()}");
            json.WriteStartArray("authorization_details");
            if (grant.Publish.Count > 0) WriteDetail(json, "publish", grant.Publish, payload: null);
            if (grant.Subscribe.Count > 0) WriteDetail(json, "subscribe", grant.Subscribe, grant.Payload);
            json.WriteEndArray();
            json.WriteEndObject();
        }
        return body.WrittenSpan;
    }

    private static void WriteDetail(Utf8JsonWriter json, string action, IReadOnlyList<GrantedTopic> topics, string? payload)
    {
        json.WriteStartObject();
        json.WriteString("type", AuthorizationDetails.Type);
        json.WriteStartArray("actions");
        json.WriteStringValue(action);
        json.WriteEndArray();
        json.WriteStartArray("topics");
        foreach (var topic in topics)
        {
            json.WriteStartObject();
            json.WriteString("match", topic.Match);
            if (topic.IsPattern) json.WriteString("match_type", "urlpattern");
            json.WriteEndObject();
        }
        json.WriteEndArray();
        if (payload is not null)
        {
            json.WritePropertyName("payload");
            json.WriteRawValue(payload);
        }
        json.WriteEndObject();
    }
}

/// <summary>What a token allows, and for how long.</summary>
public sealed class AccessTokenGrant
{
    /// <summary>What it allows to publish to.</summary>
    /// <value>nothing</value>
    public IReadOnlyList<GrantedTopic> Publish { get; init; } = [];

    /// <summary>Of what it allows to receive private events.</summary>
    /// <value>nothing</value>
    public IReadOnlyList<GrantedTopic> Subscribe { get; init; } = [];

    /// <summary>Whom it is for; <see langword="null"/> for a random one.</summary>
    public string? Subject { get; init; }

    /// <summary>The client that asked for it; <see langword="null"/> for the issuer itself.</summary>
    public string? ClientId { get; init; }

    /// <summary>How long it is valid. An event stream ends with it.</summary>
    /// <value>1 hour</value>
    public TimeSpan Lifetime { get; init; } = TimeSpan.FromHours(1);

    /// <summary>A JSON object that others who may see the subscriptions get to see; <see langword="null"/> for none.</summary>
    public string? Payload { get; init; }
}

/// <summary>Topics that a token grants.</summary>
/// <param name="Match">A topic, <c>*</c> for every topic, or a URL Pattern.</param>
/// <param name="IsPattern">Whether it is a URL Pattern.</param>
public readonly record struct GrantedTopic(string Match, bool IsPattern = false);
