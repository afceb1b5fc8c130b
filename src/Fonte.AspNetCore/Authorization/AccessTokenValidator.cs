using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Fonte.AspNetCore;

/// <summary>Validates access tokens (RFC 9068, RFC 8725; Mercure draft -08, "Token Validation"). Thread-safe.</summary>
/// <remarks>
/// Why a token is not valid is told to the operator's log at Debug and never to who presents it. The keys are those of the issuer that the token names, and of the role that it is
/// used in; the token brings none.
/// </remarks>
internal sealed partial class AccessTokenValidator : IDisposable
{
    /// <summary>A longer token is not looked at.</summary>
    internal const int MostTokenLength = 16 * 1024;

    private const int MostKnown = 4096;

    // Of a token that is for any hub. By the hub's URL it would be remembered for each host that its holder names.
    private const string AnyAudience = "";

    // What "none" and HMAC with a public key are not on (RFC 8725, section 2.1).
    private static readonly string[] Algorithms = [SecurityAlgorithms.EcdsaSha256, SecurityAlgorithms.RsaSha256, SecurityAlgorithms.RsaSsaPssSha256, SecurityAlgorithms.HmacSha256, Ed25519Key.Algorithm, Ed25519Key.FullAlgorithm];

    // For how long a signature that was verified need not be verified again; a key that is taken away counts no longer.
    private static readonly TimeSpan KnownFor = TimeSpan.FromSeconds(60);

    private readonly IOptions<FonteHttpOptions> _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Lazy<JsonWebTokenHandler> _handler = new(() => new() { MaximumTokenSizeInBytes = MostTokenLength, MapInboundClaims = false });
    private readonly Lazy<List<(IssuerOptions Issuer, ITokenKeys Keys)>> _issuers;
    private readonly ConcurrentDictionary<(string Token, TokenRole Role, string Audience), Known> _known = new();
    private readonly Lazy<HttpClient> _client = new(() => new());
    private long _forgotAt;

    public AccessTokenValidator(IOptions<FonteHttpOptions> options, TimeProvider time, ILogger<AccessTokenValidator> logger)
    {
        (_options, _time, _logger) = (options, time, logger);
        _issuers = new(() => [.. options.Value.Issuers.Select(issuer => (issuer, KeysOf(issuer)))]);
    }

    /// <summary>How many tokens are remembered.</summary>
    internal int Remembered => _known.Count;

    /// <summary>What the token allows, or <see langword="null"/> if it is not valid for this.</summary>
    /// <param name="token">The token.</param>
    /// <param name="role">What it is used for.</param>
    /// <param name="audience">The hub's resource identifier.</param>
    /// <param name="patterns">Makes the matchers of what it grants.</param>
    /// <param name="cancellationToken">Stops waiting for keys that are fetched.</param>
    internal ValueTask<AccessToken?> ValidateAsync(string token, TokenRole role, string audience, TopicPatterns patterns, CancellationToken cancellationToken)
    {
        if (token.Length > MostTokenLength || _issuers.Value.Count == 0) return new((AccessToken?)null);
        if ((_known.TryGetValue((token, role, audience), out var known) || (_options.Value.Accepts0x && _known.TryGetValue((token, role, AnyAudience), out known))) && _time.GetElapsedTime(known.At) < KnownFor)
            return new(known.Token.Expires > _time.GetUtcNow() ? known.Token : null);
        return VerifyAsync(token, role, audience, patterns, cancellationToken);
    }

    public void Dispose()
    {
        if (_issuers.IsValueCreated) foreach (var (_, keys) in _issuers.Value) (keys as IDisposable)?.Dispose();
        if (_client.IsValueCreated) _client.Value.Dispose();
    }

    private async ValueTask<AccessToken?> VerifyAsync(string token, TokenRole role, string audience, TopicPatterns patterns, CancellationToken cancellationToken)
    {
        try
        {
            return await VerifyAsync(new JsonWebToken(token), token, role, audience, patterns, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            // The library reads what strangers wrote, and throws what the part throws that cannot read it: FormatException, JsonException, and more.
            Log.NotValid(_logger, exception.GetType().Name);
            return null;
        }
    }

    private async ValueTask<AccessToken?> VerifyAsync(JsonWebToken parsed, string token, TokenRole role, string audience, TopicPatterns patterns, CancellationToken cancellationToken)
    {
        ForgetOld();
        var is0x = _options.Value.Accepts0x && !IsAccessToken(parsed.Typ);
        if (Refusal(parsed, is0x) is { } reason) return Refuse(reason);
        var isOfAny = is0x && _issuers.Value.TrueForAll(each => each.Issuer.Issuer != parsed.Issuer);
        foreach (var (issuer, keys) in _issuers.Value)
        {
            if (!issuer.Serves(role) || (issuer.Issuer != parsed.Issuer && !isOfAny)) continue;
            var candidates = await keys.GetAsync(string.IsNullOrEmpty(parsed.Kid) ? null : parsed.Kid, cancellationToken).ConfigureAwait(false);
            candidates = [.. candidates.Where(key => FixedTokenKeys.Serves(key, parsed.Alg))];
            var result = await _handler.Value.ValidateTokenAsync(parsed, is0x ? Parameters0x(parsed, audience, candidates) : Parameters(issuer.Issuer, audience, candidates)).ConfigureAwait(false);
            if (result.IsValid) return Remember((token, role, is0x && !HasAudience(parsed) ? AnyAudience : audience), is0x ? Read0x(parsed, isOfAny ? null : issuer.Issuer, patterns) : Read(parsed, patterns));
            Log.NotValid(_logger, result.Exception?.GetType().Name ?? "unknown");
        }
        return Refuse("no key of its issuer has signed it for this");
    }

    private static string? Refusal(JsonWebToken token, bool is0x)
    {
        if (token.IsEncrypted) return "it is encrypted";
        if (!is0x && !IsAccessToken(token.Typ)) return "its typ is not at+jwt";
        // An extension that must be understood, and is not (RFC 7515, section 4.1.11).
        return token.TryGetHeaderValue<object>("crit", out _) ? "it has critical extensions" : null;
    }

    // RFC 7515, section 4.1.9: media types are compared without regard to case, and their prefix may be left out.
    private static bool IsAccessToken(string? type)
    {
        const string prefix = "application/";
        if (type is not null && type.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)) type = type[prefix.Length..];
        return string.Equals(type, "at+jwt", StringComparison.OrdinalIgnoreCase);
    }

    private TokenValidationParameters Parameters(string issuer, string audience, IReadOnlyList<SecurityKey> keys) => new()
    {
        ValidIssuer = issuer,
        ValidAudience = audience,
        IssuerSigningKeys = keys,
        ValidAlgorithms = Algorithms,
        // Exactly the hub's: by default the library passes over a slash at the end.
        IgnoreTrailingSlashWhenValidatingAudience = false,
        RequireSignedTokens = true,
        RequireExpirationTime = true,
        ClockSkew = TimeSpan.Zero,
        LifetimeValidator = (notBefore, expires, _, _) => expires is not null && IsNow(notBefore, expires),
    };

    private bool IsNow(DateTime? notBefore, DateTime? expires)
    {
        var now = _time.GetUtcNow().UtcDateTime;
        return (expires is null || expires > now) && (notBefore is null || notBefore <= now);
    }

    // What it says of whom it is for and of its time holds, but it need not say so.
    private TokenValidationParameters Parameters0x(JsonWebToken token, string audience, IReadOnlyList<SecurityKey> keys)
    {
        var parameters = Parameters(token.Issuer, audience, keys);
        parameters.ValidateIssuer = false;
        parameters.ValidateAudience = HasAudience(token);
        parameters.RequireExpirationTime = false;
        parameters.LifetimeValidator = (notBefore, expires, _, _) => IsNow(notBefore, expires);
        return parameters;
    }

    private AccessToken? Read(JsonWebToken parsed, TopicPatterns patterns)
    {
        if (AuthorizationDetails.Read(Base64UrlEncoder.DecodeBytes(parsed.EncodedPayload), _options.Value, patterns) is not { } details) return Refuse("its authorization details are not as they must be");
        return new(parsed.Issuer, parsed.Subject ?? "", new DateTimeOffset(parsed.ValidTo, TimeSpan.Zero), details) { TokenId = parsed.Id ?? "", IssuedAt = IssuedAt(parsed), Digest = DigestOf(parsed) };
    }

    // Also one that names nobody.
    private static bool HasAudience(JsonWebToken token) => token.TryGetPayloadValue<object>(JwtRegisteredClaimNames.Aud, out _);

    private AccessToken? Read0x(JsonWebToken parsed, string? issuer, TopicPatterns patterns)
    {
        if (MercureClaim.Read(Base64UrlEncoder.DecodeBytes(parsed.EncodedPayload), _options.Value, patterns) is not { } claim) return Refuse("its typ is not at+jwt, and its claim mercure is not there or not as it must be");
        // One that cannot be read must not pass for none.
        if (parsed.ValidTo == DateTime.MinValue && parsed.TryGetPayloadValue<object>(JwtRegisteredClaimNames.Exp, out _)) return Refuse("its exp is no time");
        var expires = parsed.ValidTo == DateTime.MinValue ? DateTimeOffset.MaxValue : new DateTimeOffset(parsed.ValidTo, TimeSpan.Zero);
        var issuers = issuer is null ? _issuers.Value.Select(each => each.Issuer.Issuer).Distinct().ToArray() : [issuer];
        return new(issuers[0], parsed.Subject ?? "", expires, claim.Details) { TokenId = parsed.Id ?? "", IssuedAt = IssuedAt(parsed), Digest = DigestOf(parsed), Issuers = issuers, Is0x = true, Payload = claim.Payload };
    }

    private static DateTimeOffset? IssuedAt(JsonWebToken parsed) => parsed.IssuedAt == DateTime.MinValue ? null : new DateTimeOffset(parsed.IssuedAt, TimeSpan.Zero);

    // A control character stands in no subject that counts.
    private static string DigestOf(JsonWebToken parsed) => string.IsNullOrEmpty(parsed.Subject) ? "\n" + Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(parsed.EncodedToken))) : "";

    private AccessToken? Remember((string, TokenRole, string) key, AccessToken? token)
    {
        if (token is null) return null;
        if (_known.Count >= MostKnown) _known.Clear();
        _known[key] = new(token, _time.GetTimestamp());
        return token;
    }

    // What they grant takes memory too. As often as what is kept can have become old.
    private void ForgetOld()
    {
        var before = Interlocked.Read(ref _forgotAt);
        var now = _time.GetTimestamp();
        if (_time.GetElapsedTime(before, now) < KnownFor || Interlocked.CompareExchange(ref _forgotAt, now, before) != before) return;
        foreach (var pair in _known)
        {
            if (_time.GetElapsedTime(pair.Value.At, now) >= KnownFor) _known.TryRemove(pair);
        }
    }

    private AccessToken? Refuse(string reason)
    {
        Log.Refused(_logger, reason);
        return null;
    }

    private ITokenKeys KeysOf(IssuerOptions issuer)
    {
        if (issuer.Secret is not null) return FixedTokenKeys.OfSecret(issuer.Secret);
        return issuer.KeyFile is not null ? FixedTokenKeys.OfFile(issuer.KeyFile) : new JwksTokenKeys(new(issuer.JwksUrl!), _client.Value, _time, _logger);
    }

    private sealed record Known(AccessToken Token, long At);

    private static partial class Log
    {
        [LoggerMessage(42, LogLevel.Debug, "An access token was refused: {Reason}")]
        internal static partial void Refused(ILogger logger, string reason);

        [LoggerMessage(43, LogLevel.Debug, "An access token is not valid: {Exception}")]
        internal static partial void NotValid(ILogger logger, string exception);
    }
}
