using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.Tokens;

namespace Fonte.AspNetCore;

/// <summary>Keys from an issuer's JWK Set (RFC 7517), kept for some minutes; fetched early when a token names a key that is not among them, as after a rotation.</summary>
/// <remarks>While the issuer cannot be reached the keys that are known go on to be used.</remarks>
internal sealed partial class JwksTokenKeys(Uri url, HttpClient client, TimeProvider time, ILogger logger) : ITokenKeys, IDisposable
{
    private const int MostBytes = 1024 * 1024;
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(10);

    // Strangers choose what key a token names; they must not be able to have the set fetched all the time.
    private static readonly TimeSpan ShortestInterval = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan FetchTimeout = TimeSpan.FromSeconds(10);
    private readonly SemaphoreSlim _fetching = new(1);
    private volatile Fetched _fetched = new([], null, null);

    public async ValueTask<IReadOnlyList<SecurityKey>> GetAsync(string? keyId, CancellationToken cancellationToken)
    {
        if (IsGood(_fetched, keyId)) return _fetched.Keys;
        await _fetching.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (!IsGood(_fetched, keyId)) await FetchAsync().ConfigureAwait(false);
        }
        finally
        {
            _fetching.Release();
        }
        return _fetched.Keys;
    }

    public void Dispose() => _fetching.Dispose();

    private bool IsGood(Fetched fetched, string? keyId)
    {
        if (fetched.TriedAt is { } tried && time.GetElapsedTime(tried) < ShortestInterval) return true;
        return fetched.At is { } at && time.GetElapsedTime(at) < Lifetime && (keyId is null || fetched.Keys.Any(key => key.KeyId == keyId));
    }

    // Not under the token of the request that happens to ask: whoever breaks it off would have the next one fetch again. It has a timeout, over its body too.
    private async Task FetchAsync()
    {
        var now = time.GetTimestamp();
        using var timeout = new CancellationTokenSource(FetchTimeout);
        try
        {
            using var response = await client.GetAsync(url, HttpCompletionOption.ResponseHeadersRead, timeout.Token).ConfigureAwait(false);
            response.EnsureSuccessStatusCode();
            await response.Content.LoadIntoBufferAsync(MostBytes, timeout.Token).ConfigureAwait(false);
            var keys = FixedTokenKeys.OfJwks(await response.Content.ReadAsStringAsync(timeout.Token).ConfigureAwait(false), withSecrets: false);
            _fetched = new(keys, now, now);
        }
        catch (Exception exception)
        {
            _fetched = _fetched with { TriedAt = now };
            Log.NotFetched(logger, url, exception);
        }
    }

    private sealed record Fetched(IReadOnlyList<SecurityKey> Keys, long? At, long? TriedAt);

    private static partial class Log
    {
        [LoggerMessage(41, LogLevel.Warning, "The keys at {Url} cannot be fetched; those known before go on to be used")]
        internal static partial void NotFetched(ILogger logger, Uri url, Exception cause);
    }
}
