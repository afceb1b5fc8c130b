using System.Buffers;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Fonte.AspNetCore;

/// <summary>The answer to a poll: <c>{"last_event_id":"…","gap":{…},"events":[…]}</c>. Also an empty one has the position to go on from.</summary>
internal static class PollAnswer
{
    private static readonly JsonWriterOptions Readable = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly byte[] Comma = [(byte)','];
    private static readonly byte[] End = [(byte)']', (byte)'}'];

    /// <summary>Sends it, and lets go of each event when it is sent.</summary>
    /// <param name="response">The response.</param>
    /// <param name="output">What was collected.</param>
    /// <param name="position">The cursor for the next poll.</param>
    /// <param name="preceding">What the request's own cursor was found to be, if it had one.</param>
    internal static async Task WriteAsync(HttpResponse response, PollOutput output, string position, string? preceding)
    {
        response.ContentType = "application/json";
        response.Headers.CacheControl = "no-store";
        if (preceding is not null) response.Headers[LastEventId.ResponseField] = preceding;
        var head = Head(output, position);
        response.ContentLength = head.WrittenCount + output.Events.Sum(known => known.Length + 1) - Math.Min(1, output.Events.Count) + End.Length;
        var (body, gone) = (response.Body, response.HttpContext.RequestAborted);
        await body.WriteAsync(head.WrittenMemory, gone).ConfigureAwait(false);
        for (var i = 0; i < output.Events.Count; i++)
        {
            if (i > 0) await body.WriteAsync(Comma, gone).ConfigureAwait(false);
            await body.WriteAsync(output.Events[i], gone).ConfigureAwait(false);
            output.Events[i] = default;
        }
        await body.WriteAsync(End, gone).ConfigureAwait(false);
    }

    private static ArrayBufferWriter<byte> Head(PollOutput output, string position)
    {
        var head = new ArrayBufferWriter<byte>(256);
        using var json = new Utf8JsonWriter(head, Readable);
        json.WriteStartObject();
        json.WriteString("last_event_id", position);
        if (output.Gap is { } gap)
        {
            json.WritePropertyName("gap");
            json.WriteRawValue(gap.Span, skipInputValidation: true);
        }
        json.WriteStartArray("events");
        return head;
    }
}
