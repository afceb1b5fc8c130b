using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Fonte;

/// <summary>What a list of events shows of one: an unnamed block whose ID is the event's position, also where the publisher gave another.</summary>
/// <remarks>
/// <code>
/// id: urn:fonte:…:7
/// data: {"time":1790000000123,"type":"paid","topics":["orders/1"],"private":true,"bytes":5120,"text":"the data's first 512 bytes"}
/// </code>
/// </remarks>
internal static class EventSummaryFormat
{
    /// <summary>How many bytes of an event's data it has.</summary>
    internal const int MostText = 512;

    // Read by scripts and never put into HTML.
    private static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    internal static byte[] Encode(EventFrame frame, string position)
    {
        var fields = EventBlockFields.Read(frame.Bytes);
        var data = fields.Data.WrittenSpan;
        var writer = new ArrayBufferWriter<byte>(1024);
        EventStreamFormat.PositionLine(writer, position);
        writer.Write("data: "u8);
        using (var json = new Utf8JsonWriter(writer, Readable))
        {
            json.WriteStartObject();
            json.WriteNumber("time", frame.TimeMicroseconds / 1000);
            if (!fields.Type.IsEmpty) json.WriteString("type", fields.Type);
            json.WriteStartArray("topics");
            foreach (var topic in frame.Topics) json.WriteStringValue(topic);
            json.WriteEndArray();
            if (frame.Private) json.WriteBoolean("private", true);
            json.WriteNumber("bytes", data.Length);
            json.WriteString("text", data[..WholeCharacters(data)]);
            json.WriteEndObject();
        }
        writer.Write("\n\n"u8);
        return writer.WrittenSpan.ToArray();
    }

    private static int WholeCharacters(ReadOnlySpan<byte> data)
    {
        if (data.Length <= MostText) return data.Length;
        var end = MostText;
        // The later bytes of a character begin with the bits 10 (RFC 3629, section 3).
        while ((data[end] & 0xC0) == 0x80) end--;
        return end;
    }
}
