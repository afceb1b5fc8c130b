using System.Buffers;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Fonte.AspNetCore;

/// <summary>The answer to a poll: <c>{"last_event_id":"…","gap":{…},"events":[…]}</c>. Also an empty one has the position to go on from.</summary>
internal static class PollAnswer
{
    private static readonly JsonWriterOptions Readable = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Sends it.</summary>
    /// <param name="response">The response.</param>
    /// <param name="output">What was collected.</param>
    /// <param name="position">The cursor for the next poll.</param>
    /// <param name="preceding">What the request's own cursor was found to be, if it had one.</param>
    internal static async Task WriteAsync(HttpResponse response, PollOutput output, string position, string? preceding)
    {
        response.ContentType = "application/json";
        response.Headers.CacheControl = "no-store";
        if (preceding is not null) response.Headers[LastEventId.ResponseField] = preceding;
        var body = new ArrayBufferWriter<byte>(256 + output.Events.Sum(known => known.Length + 1));
        using (var json = new Utf8JsonWriter(body, Readable))
        {
            json.WriteStartObject();
            json.WriteString("last_event_id", position);
            if (output.Gap is { } gap)
            {
                json.WritePropertyName("gap");
                json.WriteRawValue(gap.Span, skipInputValidation: true);
            }
            json.WriteStartArray("events");
            foreach (var known in output.Events) json.WriteRawValue(known.Span, skipInputValidation: true);
            json.WriteEndArray();
            json.WriteEndObject();
        }
        response.ContentLength = body.WrittenCount;
        await response.Body.WriteAsync(body.WrittenMemory, response.HttpContext.RequestAborted).ConfigureAwait(false);
    }
}
