using System.Globalization;
using System.Net;
using System.Text.Json;

namespace Fonte.Client;

/// <summary>A request to end event streams, and how many the hub says it has ended.</summary>
internal static class ControlCall
{
    public static async Task<int> SendAsync(
        HttpClient http, FonteClientOptions options, AccessTokens? tokens, string action, StreamSelector whose, DateTimeOffset? expires, CancellationToken cancellationToken)
    {
        using var message = new HttpRequestMessage(HttpMethod.Post, $"{options.HubUrl.GetLeftPart(UriPartial.Path).TrimEnd('/')}/{action}")
        {
            Content = Encode(whose, expires),
            Version = http.DefaultRequestVersion,
            VersionPolicy = http.DefaultVersionPolicy,
        };
        if (tokens is not null)
            await tokens.AuthorizeAsync(message, cancellationToken).ConfigureAwait(false);
        try
        {
            using var response = await http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
            if (response.StatusCode != HttpStatusCode.OK)
                throw await HubRefusal.ReadAsync(response, options, cancellationToken).ConfigureAwait(false);
            using var document = JsonDocument.Parse(await BoundedBody.ReadAsync(response, options, cancellationToken).ConfigureAwait(false));
            return document.RootElement.GetProperty("streams").GetInt32();
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new FonteClientException("The hub did not answer how many streams it has ended: is this the hub's URL?", exception);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw new FonteClientException($"The hub gave no answer, it may have ended the streams: {exception.Message}", exception);
        }
    }

    private static FormUrlEncodedContent Encode(StreamSelector whose, DateTimeOffset? expires)
    {
        List<KeyValuePair<string, string>> fields = [];
        Add("issuer", whose.Issuer);
        Add("subject", whose.Subject);
        Add("token_id", whose.TokenId);
        Add("subscriber", whose.Subscriber);
        Add("expires", expires?.ToUniversalTime().ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture));
        return new FormUrlEncodedContent(fields);

        void Add(string name, string? value)
        {
            if (value is null) return;
            UnicodeText.ThrowIfIllFormed(value, nameof(whose));
            fields.Add(new(name, value));
        }
    }
}
