using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Fonte;

/// <summary>What the hub writes into event streams (WHATWG HTML, "Parsing an event stream").</summary>
internal static class EventStreamFormat
{
    // The object is read by scripts and never put into HTML.
    private static readonly JsonWriterOptions Readable = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly SearchValues<byte> LineEnds = SearchValues.Create("\r\n"u8);

    /// <summary>The bytes of an event: <c>id</c>, <c>event</c>, one <c>data</c> for each line, <c>retry</c>, and the blank line that dispatches it.</summary>
    internal static byte[] Encode(LoggedEvent logged, EventIds ids)
    {
        var writer = new ArrayBufferWriter<byte>(logged.Data.Length + 128);
        Field(writer, "id: "u8, logged.Id ?? ids.At(logged.Offset));
        if (logged.Type is not null) Field(writer, "event: "u8, logged.Type);
        Data(writer, logged.Data.Span);
        if (logged.RetryMilliseconds is { } retry) Field(writer, "retry: "u8, retry.ToString(CultureInfo.InvariantCulture));
        writer.Write("\n"u8);
        return writer.WrittenSpan.ToArray();
    }

    /// <summary>The block of an event with an object in the place of its data: <c>{"topics":[…],"data":"…"}</c>, for clients that are not told topics otherwise.</summary>
    /// <param name="block">What <see cref="Encode"/> made.</param>
    /// <param name="topics">The event's topics, the canonical first.</param>
    internal static byte[] Envelope(ReadOnlySpan<byte> block, IReadOnlyList<string> topics)
    {
        var fields = EventBlockFields.Read(block);
        var writer = new ArrayBufferWriter<byte>(block.Length + 256);
        Line(writer, "id: "u8, fields.Id);
        if (!fields.Type.IsEmpty) Line(writer, "event: "u8, fields.Type);
        if (!fields.Retry.IsEmpty) Line(writer, "retry: "u8, fields.Retry);
        writer.Write("data: "u8);
        using (var json = new Utf8JsonWriter(writer, Readable))
        {
            json.WriteStartObject();
            json.WriteStartArray("topics");
            foreach (var topic in topics) json.WriteStringValue(topic);
            json.WriteEndArray();
            json.WriteString("data", fields.Data.WrittenSpan);
            json.WriteEndObject();
        }
        writer.Write("\n\n"u8);
        return writer.WrittenSpan.ToArray();
    }

    /// <summary>The stream's first block: after how long to reconnect.</summary>
    internal static void Retry(IBufferWriter<byte> writer, int milliseconds)
    {
        Field(writer, "retry: "u8, milliseconds.ToString(CultureInfo.InvariantCulture));
        writer.Write("\n"u8);
    }

    /// <summary>A block with only an ID: it moves the cursor and dispatches nothing (WHATWG HTML, "dispatch the event", step 1).</summary>
    internal static void PositionBlock(IBufferWriter<byte> writer, string position)
    {
        PositionLine(writer, position);
        writer.Write("\n"u8);
    }

    /// <summary>The line of a block that has its ID.</summary>
    internal static void PositionLine(IBufferWriter<byte> writer, string position) => Field(writer, "id: "u8, position);

    /// <summary>A heartbeat; with the position only for a subscriber that has seen everything before it.</summary>
    internal static void Heartbeat(IBufferWriter<byte> writer, string? position)
    {
        writer.Write(":\n"u8);
        if (position is not null) PositionBlock(writer, position);
        else writer.Write("\n"u8);
    }

    /// <summary>The in-band event that tells of a gap. Its ID is the position before the oldest kept event, so that it is told once.</summary>
    internal static void Gap(IBufferWriter<byte> writer, ResumeGap gap, string before, string oldest)
    {
        Field(writer, "id: "u8, before);
        Field(writer, "event: "u8, EventRules.GapType);
        var json = new ArrayBufferWriter<byte>(128);
        using (var document = new Utf8JsonWriter(json))
        {
            document.WriteStartObject();
            document.WriteString("reason", gap.Reason.ToWireName());
            document.WriteString("from", gap.From);
            document.WriteString("oldest", oldest);
            document.WriteEndObject();
        }
        Data(writer, json.WrittenSpan);
        writer.Write("\n"u8);
    }

    private static void Data(IBufferWriter<byte> writer, ReadOnlySpan<byte> data)
    {
        while (true)
        {
            var end = data.IndexOfAny(LineEnds);
            writer.Write("data: "u8);
            writer.Write(end < 0 ? data : data[..end]);
            writer.Write("\n"u8);
            if (end < 0) return;
            var isCrLf = data[end] == '\r' && end + 1 < data.Length && data[end + 1] == '\n';
            data = data[(end + (isCrLf ? 2 : 1))..];
        }
    }

    private static void Line(ArrayBufferWriter<byte> writer, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        writer.Write(name);
        writer.Write(value);
        writer.Write("\n"u8);
    }

    private static void Field(IBufferWriter<byte> writer, ReadOnlySpan<byte> name, string value)
    {
        writer.Write(name);
        Encoding.UTF8.GetBytes(value, writer);
        writer.Write("\n"u8);
    }
}
