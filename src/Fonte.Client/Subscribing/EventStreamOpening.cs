using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace Fonte.Client;

/// <summary>One attempt to open an event stream: a stream, the hub's wish that the client stop, or a reason to try again.</summary>
internal sealed record EventStreamOpening(EventStream? Stream, bool Stopped, string Reason, TimeSpan? RetryAfter, bool WasRefused = false)
{
    private const string MediaType = "text/event-stream";

    // RFC 3339, to the 100 ns that DateTimeOffset holds.
    private const string SinceFormat = "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'";

    /// <exception cref="FonteClientException">The hub refused for good, or answered something that is not an event stream.</exception>
    public static async Task<EventStreamOpening> TryAsync(
        HttpClient http, FonteClientOptions options, AccessTokens? tokens, SubscribeRequest request, string lastEventId, bool wasRefused, CancellationToken cancellationToken)
    {
        using var message = CreateMessage(http, options.HubUrl, request, lastEventId);
        HttpResponseMessage response;
        string? token = null;
        try
        {
            if (tokens is not null)
                token = await tokens.AuthorizeAsync(message, cancellationToken).ConfigureAwait(false);
            response = await http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
        }
        catch (FonteClientException exception)
        {
            return Failed(exception.Message);
        }
        catch (HttpRequestException exception)
        {
            return Failed($"The hub could not be reached: {exception.Message}");
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            return Failed($"The hub did not answer: {exception.Message}");
        }

        EventStream? stream = null;
        try
        {
            if (response.StatusCode == HttpStatusCode.NoContent)
                return new EventStreamOpening(null, Stopped: true, "The hub answered 204: stop.", null);
            if (response.StatusCode == HttpStatusCode.Unauthorized && token is not null)
            {
                tokens!.Refused(token);
                if (!wasRefused)
                    return new EventStreamOpening(null, Stopped: false, "The hub refused the access token.", null, WasRefused: true);
            }

            if (response.StatusCode != HttpStatusCode.OK)
            {
                var refusal = await HubRefusal.ReadAsync(response, options, cancellationToken).ConfigureAwait(false);
                return HubRefusal.IsWorthRetrying(response.StatusCode) ? Failed(refusal.Message, refusal.RetryAfter) : throw refusal;
            }

            ThrowIfNotEventStream(response);
            stream = await EventStream.CreateAsync(response, request, lastEventId, options, cancellationToken).ConfigureAwait(false);
            return new EventStreamOpening(stream, Stopped: false, "", null);
        }
        finally
        {
            if (stream is null)
                response.Dispose();
        }
    }

    private static EventStreamOpening Failed(string reason, TimeSpan? retryAfter = null) => new(null, Stopped: false, reason, retryAfter);

    private static HttpRequestMessage CreateMessage(HttpClient http, Uri hubUrl, SubscribeRequest request, string lastEventId)
    {
        var inHeader = IsHeaderValue(lastEventId);
        var query = new StringBuilder(hubUrl.Query);
        foreach (var topic in request.Topics)
            Append("match", topic);
        foreach (var pattern in request.Patterns)
            Append("match_urlpattern", pattern);
        if (lastEventId.Length > 0 && !inHeader)
            Append("last_event_id", lastEventId);
        if (request.Since is { } since)
            Append("since", since.UtcDateTime.ToString(SinceFormat, CultureInfo.InvariantCulture));

        var message = new HttpRequestMessage(HttpMethod.Get, new UriBuilder(hubUrl) { Query = query.ToString(), Fragment = "" }.Uri)
        {
            Version = http.DefaultRequestVersion,
            VersionPolicy = http.DefaultVersionPolicy,
        };
        message.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue(MediaType));
        message.Headers.CacheControl = new CacheControlHeaderValue { NoStore = true };
        // A compressing proxy would hold events back until its block is full.
        message.Headers.AcceptEncoding.Add(new StringWithQualityHeaderValue("identity"));
        if (inHeader)
            message.Headers.TryAddWithoutValidation("Last-Event-ID", lastEventId);
        return message;

        void Append(string name, string value) =>
            query.Append(query.Length == 0 ? '?' : '&').Append(name).Append('=').Append(Uri.EscapeDataString(value));
    }

    // HttpClient refuses other characters in a header, and surrounding spaces are lost on the way (RFC 9110, 5.5):
    // such an ID goes into the query, where it survives.
    private static bool IsHeaderValue(string lastEventId) =>
        lastEventId.Length > 0 && lastEventId[0] != ' ' && lastEventId[^1] != ' '
        && !lastEventId.AsSpan().ContainsAnyExceptInRange(' ', '~');

    private static void ThrowIfNotEventStream(HttpResponseMessage response)
    {
        var mediaType = response.Content.Headers.ContentType?.MediaType;
        if (!string.Equals(mediaType, MediaType, StringComparison.OrdinalIgnoreCase))
        {
            throw new FonteClientException(
                $"The hub answered 200 with {mediaType ?? "no content type"} instead of {MediaType}: is this the hub's URL?")
            {
                StatusCode = response.StatusCode,
            };
        }
    }
}
