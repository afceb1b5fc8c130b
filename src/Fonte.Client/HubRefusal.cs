using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;

namespace Fonte.Client;

/// <summary>Turns a response that is not the expected one into an exception that tells the hub's own sentence.</summary>
internal static class HubRefusal
{
    private const int LongestSentence = 1000;

    public static bool IsWorthRetrying(HttpStatusCode status) =>
        status is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests || (int)status >= 500;

    public static async Task<FonteClientException> ReadAsync(
        HttpResponseMessage response, FonteClientOptions options, CancellationToken cancellationToken)
    {
        var (sentence, type) = await ReadProblemAsync(response, options, cancellationToken).ConfigureAwait(false);
        var status = ((int)response.StatusCode).ToString(CultureInfo.InvariantCulture);
        sentence ??= string.IsNullOrEmpty(response.ReasonPhrase) ? "it gave no reason." : response.ReasonPhrase;
        return new FonteClientException($"The hub answered {status}: {Clean(sentence)}")
        {
            StatusCode = response.StatusCode,
            ProblemType = type,
            RetryAfter = RetryAfter(response.Headers.RetryAfter, options.TimeProvider),
        };
    }

    private static async Task<(string? Sentence, string? Type)> ReadProblemAsync(
        HttpResponseMessage response, FonteClientOptions options, CancellationToken cancellationToken)
    {
        if (response.Content.Headers.ContentType?.MediaType is not ("application/problem+json" or "application/json"))
            return default;
        try
        {
            var body = await BoundedBody.ReadAsync(response, options, cancellationToken).ConfigureAwait(false);
            using var document = JsonDocument.Parse(body);
            return (Text(document.RootElement, "detail") ?? Text(document.RootElement, "title"), Text(document.RootElement, "type"));
        }
        catch (Exception exception) when (exception is JsonException or IOException or HttpRequestException or InvalidOperationException)
        {
            // The status is already known and says enough; a broken explanation must not hide it.
            return default;
        }
    }

    private static string? Text(JsonElement problem, string name) =>
        problem.ValueKind == JsonValueKind.Object && problem.TryGetProperty(name, out var value)
            && value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text ? text : null;

    private static TimeSpan? RetryAfter(RetryConditionHeaderValue? value, TimeProvider clock)
    {
        var wait = value?.Delta ?? value?.Date - clock.GetUtcNow();
        return wait < TimeSpan.Zero ? TimeSpan.Zero : wait;
    }

    // CWE-117: the sentence may quote what a stranger sent, and ends in logs and terminals.
    private static string Clean(string sentence) =>
        string.Create(Math.Min(sentence.Length, LongestSentence), sentence, static (characters, text) =>
        {
            for (var index = 0; index < characters.Length; index++)
                characters[index] = char.IsControl(text[index]) ? ' ' : text[index];
        });
}
