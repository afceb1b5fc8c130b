using System.Net;
using System.Text;

namespace Fonte.Client;

/// <summary>One publication: the request, and what its response says.</summary>
internal static class Publication
{
    public static async Task<string> SendAsync(
        HttpClient http, FonteClientOptions options, AccessTokens? tokens, OutgoingEvent outgoing, string? idempotencyKey, CancellationToken cancellationToken)
    {
        try
        {
            return await SendOnceAsync(http, options, tokens, outgoing, idempotencyKey, cancellationToken).ConfigureAwait(false);
        }
        catch (FonteClientException exception) when (tokens is not null && exception.StatusCode == HttpStatusCode.Unauthorized)
        {
            // Refused before anything was done: once more, with a token that is asked for anew.
            return await SendOnceAsync(http, options, tokens, outgoing, idempotencyKey, cancellationToken).ConfigureAwait(false);
        }
    }

    private static async Task<string> SendOnceAsync(
        HttpClient http, FonteClientOptions options, AccessTokens? tokens, OutgoingEvent outgoing, string? idempotencyKey, CancellationToken cancellationToken)
    {
        using var message = new HttpRequestMessage(HttpMethod.Post, options.HubUrl)
        {
            Content = PublishForm.Encode(outgoing),
            Version = http.DefaultRequestVersion,
            VersionPolicy = http.DefaultVersionPolicy,
        };
        if (idempotencyKey is not null)
            message.Headers.TryAddWithoutValidation("Idempotency-Key", IdempotencyKeyField.Write(idempotencyKey));
        var token = tokens is null ? null : await tokens.AuthorizeAsync(message, cancellationToken).ConfigureAwait(false);
        try
        {
            using var response = await http
                .SendAsync(message, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
            if (response.StatusCode == HttpStatusCode.Unauthorized && token is not null)
                tokens!.Refused(token);
            if (response.StatusCode != HttpStatusCode.OK)
                throw await HubRefusal.ReadAsync(response, options, cancellationToken).ConfigureAwait(false);
            // HttpClient follows a 301, 302 or 303 with a GET, and what answers that has not published anything.
            var id = message.Method == HttpMethod.Post
                ? Encoding.UTF8.GetString((await BoundedBody.ReadAsync(response, options, cancellationToken).ConfigureAwait(false)).Span)
                : "";
            if (id.Length == 0 || id.Any(char.IsControl))
            {
                throw new FonteClientException("The hub answered 200 without an event ID: is this the hub's URL?")
                {
                    StatusCode = response.StatusCode,
                };
            }

            return id;
        }
        catch (HttpRequestException exception) when (IsWithoutConnection(exception))
        {
            throw new FonteClientException($"The event was not published, no connection to the hub came about: {exception.Message}", exception)
            {
                NothingWasSent = true,
            };
        }
        catch (Exception exception) when (IsOutcomeUnknown(exception, cancellationToken))
        {
            throw new FonteClientException(
                $"The event may not have been published, the hub gave no answer: {exception.Message}", exception);
        }
    }

    // A request is written only to a connection that its name, its address, its proxy and its TLS handshake have given.
    private static bool IsWithoutConnection(HttpRequestException exception) => exception.HttpRequestError
        is HttpRequestError.NameResolutionError or HttpRequestError.ConnectionError
        or HttpRequestError.ProxyTunnelError or HttpRequestError.SecureConnectionError;

    private static bool IsOutcomeUnknown(Exception exception, CancellationToken cancellationToken) =>
        exception is HttpRequestException or IOException
        || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested);
}
