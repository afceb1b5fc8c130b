using System.Buffers;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Fonte.AspNetCore;

/// <summary>An error as problem details (RFC 9457): a stable type, and a sentence that says what to change.</summary>
/// <param name="Status">The HTTP status code.</param>
/// <param name="Name">The problem's stable name, in kebab case; the type is <c>urn:fonte:problem:</c> and this.</param>
/// <param name="Detail">A sentence for whoever wrote the request; never repeats what was sent, and never says what an exception said.</param>
internal sealed record Problem(int Status, string Name, string Detail)
{
    // The document is never put into HTML, so quotation marks need not be hidden from it.
    private static readonly JsonWriterOptions Readable = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private const string TypePrefix = "urn:fonte:problem:";

    /// <summary>After how many seconds to try again, where that helps.</summary>
    internal int? RetryAfterSeconds { get; init; }

    /// <summary>Which of several events it is about, counted from zero.</summary>
    internal int? Index { get; init; }

    /// <summary>The error code of RFC 6750, section 3.1, where it is about the access token.</summary>
    internal string? Error { get; init; }

    /// <summary>Where the hub's metadata as a protected resource is, for a challenge (RFC 9728, section 5.1).</summary>
    internal string? MetadataUrl { get; init; }

    /// <summary>The same problem, of one of several events.</summary>
    internal Problem At(int index) => this with { Index = index, Detail = $"Event {index}, counted from 0: {Detail}" };

    // RFC 6750, section 3; without an error code when no token was presented (draft, "Error Responses").
    private string Challenge()
    {
        var parameters = new List<string>(2);
        if (Error is not null) parameters.Add($"error=\"{Error}\"");
        if (MetadataUrl is not null) parameters.Add($"resource_metadata=\"{MetadataUrl}\"");
        return parameters.Count == 0 ? "Bearer" : $"Bearer {string.Join(", ", parameters)}";
    }

    /// <summary>Writes the members of the document.</summary>
    internal void WriteMembers(Utf8JsonWriter json)
    {
        json.WriteString("type", TypePrefix + Name);
        json.WriteString("title", Microsoft.AspNetCore.WebUtilities.ReasonPhrases.GetReasonPhrase(Status));
        json.WriteNumber("status", Status);
        json.WriteString("detail", Detail);
        if (Index is { } index) json.WriteNumber("index", index);
    }

    internal async Task WriteAsync(HttpContext context)
    {
        var response = context.Response;
        response.StatusCode = Status;
        response.ContentType = "application/problem+json";
        response.Headers.CacheControl = "no-store";
        if (Status == StatusCodes.Status401Unauthorized || Error is not null) response.Headers.WWWAuthenticate = Challenge();
        if (RetryAfterSeconds is { } seconds) response.Headers.RetryAfter = seconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
        var body = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(body, Readable))
        {
            json.WriteStartObject();
            WriteMembers(json);
            json.WriteEndObject();
        }
        response.ContentLength = body.WrittenCount;
        await response.Body.WriteAsync(body.WrittenMemory, context.RequestAborted).ConfigureAwait(false);
    }
}
