using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Net.Http.Headers;
using System.Text.Json;

namespace Fonte.Client;

/// <summary>The access token of one client, asked of the application and kept while it counts. Thread-safe.</summary>
/// <remarks>
/// A JWT says when it ends (<c>exp</c>, RFC 7519, section 4.1.4), and is asked for anew half a minute before; what else it says is the hub's to judge. Of another token
/// nothing is known, so that it is asked for each time.
/// </remarks>
[SuppressMessage("Design", "CA1001", Justification = "The semaphore's wait handle is never asked for, so that it holds nothing.")]
internal sealed class AccessTokens(Func<CancellationToken, ValueTask<string?>> ask, TimeProvider clock)
{
    private static readonly TimeSpan Early = TimeSpan.FromSeconds(30);
    private readonly SemaphoreSlim _asking = new(1);
    private volatile Kept? _kept;

    /// <summary>Gives the message a token, and returns it.</summary>
    /// <exception cref="FonteClientException">The application gave none that can be sent, or failed.</exception>
    public async ValueTask<string?> AuthorizeAsync(HttpRequestMessage message, CancellationToken cancellationToken)
    {
        var token = await GetAsync(cancellationToken).ConfigureAwait(false);
        if (token is null)
            return null;
        try
        {
            message.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }
        catch (FormatException exception)
        {
            throw new FonteClientException("The access token cannot be sent: it has characters that a header field cannot have.", exception) { NothingWasSent = true };
        }

        return token;
    }

    /// <summary>The hub refused this token: it is not used again, unless the application gives it again.</summary>
    public void Refused(string token)
    {
        if (_kept is { } kept && kept.Token == token)
            Interlocked.CompareExchange(ref _kept, null, kept);
    }

    private async ValueTask<string?> GetAsync(CancellationToken cancellationToken)
    {
        if (_kept is { } kept && clock.GetUtcNow() < kept.Until)
            return kept.Token;
        // One asks, and who waits meanwhile takes what came.
        await _asking.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_kept is { } meanwhile && clock.GetUtcNow() < meanwhile.Until)
                return meanwhile.Token;
            var token = await ask(cancellationToken).ConfigureAwait(false);
            _kept = token is not null && ExpiryOf(token) is { } expiry ? new(token, expiry - Early) : null;
            return token;
        }
        catch (Exception exception) when (exception is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            throw new FonteClientException($"There is no access token: {exception.Message}", exception) { NothingWasSent = true };
        }
        finally
        {
            _asking.Release();
        }
    }

    private static DateTimeOffset? ExpiryOf(string token)
    {
        var parts = token.Split('.');
        if (parts.Length != 3)
            return null;
        try
        {
            using var payload = JsonDocument.Parse(Base64Url.DecodeFromChars(parts[1]));
            return payload.RootElement.ValueKind == JsonValueKind.Object && payload.RootElement.TryGetProperty("exp", out var expiry)
                ? DateTimeOffset.FromUnixTimeSeconds((long)expiry.GetDouble()) : null;
        }
        catch (Exception exception) when (exception is FormatException or JsonException or InvalidOperationException or ArgumentOutOfRangeException)
        {
            return null;
        }
    }

    private sealed record Kept(string Token, DateTimeOffset Until);
}
