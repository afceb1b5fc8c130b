using System.Buffers;
using System.Text.Json;

namespace Fonte;

/// <summary>What the hub writes where there is no event stream: an object of JSON for each event, and others, told by their member <c>fonte</c>, that are none.</summary>
/// <remarks>
/// <code>
/// {"id":"urn:fonte:…:7","type":"paid","topics":["orders/1"],"data":"…","retry":5000}
/// {"fonte":"position","last_event_id":"urn:fonte:…:9"}
/// {"fonte":"gap","reason":"truncated","from":"…","oldest":"…","last_event_id":"…"}
/// </code>
/// </remarks>
internal static class EventObjectFormat
{
    // Read by scripts and never put into HTML.
    private static readonly JsonWriterOptions Readable = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>An event, of whose block only what is in the form is needed.</summary>
    /// <param name="block">What <see cref="EventStreamFormat.Encode"/> made.</param>
    /// <param name="topics">The topics to tell, the canonical first.</param>
    internal static byte[] Encode(ReadOnlySpan<byte> block, IReadOnlyList<string> topics)
    {
        var fields = EventBlockFields.Read(block);
        var writer = new ArrayBufferWriter<byte>(block.Length + 256);
        using (var json = new Utf8JsonWriter(writer, Readable))
        {
            json.WriteStartObject();
            json.WriteString("id", fields.Id);
            if (!fields.Type.IsEmpty) json.WriteString("type", fields.Type);
            json.WriteStartArray("topics");
            foreach (var topic in topics) json.WriteStringValue(topic);
            json.WriteEndArray();
            json.WriteString("data", fields.Data.WrittenSpan);
            if (!fields.Retry.IsEmpty)
            {
                json.WritePropertyName("retry");
                json.WriteRawValue(fields.Retry);
            }
            json.WriteEndObject();
        }
        return writer.WrittenSpan.ToArray();
    }

    /// <summary>Where the subscriber is, or only that the hub is there.</summary>
    internal static void Position(IBufferWriter<byte> writer, string? position)
    {
        using var json = new Utf8JsonWriter(writer, Readable);
        json.WriteStartObject();
        json.WriteString("fonte", "position");
        if (position is not null) json.WriteString("last_event_id", position);
        json.WriteEndObject();
    }

    /// <summary>What the subscriber misses.</summary>
    internal static void Gap(IBufferWriter<byte> writer, ResumeGap gap, string before, string oldest)
    {
        using var json = new Utf8JsonWriter(writer, Readable);
        json.WriteStartObject();
        json.WriteString("fonte", "gap");
        json.WriteString("reason", gap.Reason.ToWireName());
        json.WriteString("from", gap.From);
        json.WriteString("oldest", oldest);
        json.WriteString("last_event_id", before);
        json.WriteEndObject();
    }
}
