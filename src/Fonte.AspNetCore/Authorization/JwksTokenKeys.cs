using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.Tokens;

namespace Fonte.AspNetCore;

/// <summary>Keys from an issuer's JWK Set (RFC 7517), fetched anew every few minutes, and early when a token names a key that is not among them, as after a rotation.</summary>
/// <remarks>
/// Who presents a token with a key that is known does not wait for the issuer, unless the keys have not been looked at for an hour: one may have been taken away. While the issuer
/// cannot be reached the keys that are known go on to be used.
/// </remarks>
internal sealed partial class JwksTokenKeys(Uri url, HttpClient client, TimeProvider time, ILogger logger) : ITokenKeys, IDisposable
{
    private const int MostBytes = 1024 * 1024;
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan LongestUnseen = TimeSpan.FromHours(1);

    // Strangers choose what key a token names; they must not be able to have the set fetched all the time.
    private static readonly TimeSpan ShortestInterval = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan FetchTimeout = TimeSpan.FromSeconds(10);
    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _stop = new();
    private volatile Fetched _fetched = new([], null, null);
    private bool _fails;

    /// <summary>The fetch under way, or the last one. Does not fail.</summary>
    internal Task Fetching { get; private set; } = Task.CompletedTask;

    public ValueTask<IReadOnlyList<SecurityKey>> GetAsync(string? keyId, CancellationToken cancellationToken)
    {
        var fetched = _fetched;
        var age = fetched.At is { } at ? time.GetElapsedTime(at) : TimeSpan.MaxValue;
        var isKnown = age < LongestUnseen && (keyId is null || fetched.Keys.Any(key => key.KeyId == keyId));
        if (isKnown && age < Lifetime) return new(fetched.Keys);
        if (Fetch() is not { } fetching || isKnown) return new(fetched.Keys);
        return AfterAsync(fetching, cancellationToken);
    }

    public void Dispose()
    {
        _stop.Cancel();
        _stop.Dispose();
    }

    private async ValueTask<IReadOnlyList<SecurityKey>> AfterAsync(Task fetching, CancellationToken cancellationToken)
    {
        await fetching.WaitAsync(cancellationToken).ConfigureAwait(false);
        return _fetched.Keys;
    }

    // One for all who ask; null when it is too early for another.
    private Task? Fetch()
    {
        lock (_lock)
        {
            if (!Fetching.IsCompleted) return Fetching;
            if (_fetched.TriedAt is { } tried && time.GetElapsedTime(tried) < ShortestInterval) return null;
            return Fetching = Task.Run(FetchAsync);
        }
    }

    // Not under the token of the request that happens to ask: whoever breaks it off would have the next one fetch again. It has a timeout, over its body too.
    private async Task FetchAsync()
    {
        var now = time.GetTimestamp();
        try
        {
            using var timeout = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
            timeout.CancelAfter(FetchTimeout);
            using var response = await client.GetAsync(url, HttpCompletionOption.ResponseHeadersRead, timeout.Token).ConfigureAwait(false);
            response.EnsureSuccessStatusCode();
            await response.Content.LoadIntoBufferAsync(MostBytes, timeout.Token).ConfigureAwait(false);
            var keys = FixedTokenKeys.OfJwks(await response.Content.ReadAsStringAsync(timeout.Token).ConfigureAwait(false), withSecrets: false);
            _fetched = new(keys, now, now);
            if (_fails) Log.FetchedAgain(logger, url);
            _fails = false;
        }
        catch (Exception exception)
        {
            _fetched = _fetched with { TriedAt = now };
            if (!_fails && !_stop.IsCancellationRequested) Log.NotFetched(logger, url, exception);
            _fails = true;
        }
    }

    private sealed record Fetched(IReadOnlyList<SecurityKey> Keys, long? At, long? TriedAt);

    private static partial class Log
    {
        [LoggerMessage(41, LogLevel.Warning, "The keys at {Url} cannot be fetched; those known before go on to be used")]
        internal static partial void NotFetched(ILogger logger, Uri url, Exception cause);

        [LoggerMessage(49, LogLevel.Information, "The keys at {Url} can be fetched again")]
        internal static partial void FetchedAgain(ILogger logger, Uri url);
    }
}
