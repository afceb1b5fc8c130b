using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Fonte;

/// <summary>What the hub writes into event streams (WHATWG HTML, "Parsing an event stream").</summary>
internal static class EventStreamFormat
{
    private static readonly SearchValues<byte> LineEnds = SearchValues.Create("\r\n"u8);

    /// <summary>The bytes of an event: <c>id</c>, <c>event</c>, one <c>data</c> for each line, <c>retry</c>, and the blank line that dispatches it.</summary>
    internal static byte[] Encode(LoggedEvent logged, LogIdentity identity)
    {
        var writer = new ArrayBufferWriter<byte>(logged.Data.Length + 128);
        Field(writer, "id: "u8, logged.Id ?? identity.At(logged.Offset).ToString());
        if (logged.Type is not null) Field(writer, "event: "u8, logged.Type);
        Data(writer, logged.Data.Span);
        if (logged.RetryMilliseconds is { } retry) Field(writer, "retry: "u8, retry.ToString(CultureInfo.InvariantCulture));
        writer.Write("\n"u8);
        return writer.WrittenSpan.ToArray();
    }

    /// <summary>The stream's first block: after how long to reconnect.</summary>
    internal static void Retry(IBufferWriter<byte> writer, int milliseconds)
    {
        Field(writer, "retry: "u8, milliseconds.ToString(CultureInfo.InvariantCulture));
        writer.Write("\n"u8);
    }

    /// <summary>A block with only an ID: it moves the cursor and dispatches nothing (WHATWG HTML, "dispatch the event", step 1).</summary>
    internal static void PositionBlock(IBufferWriter<byte> writer, Position position)
    {
        Field(writer, "id: "u8, position.ToString());
        writer.Write("\n"u8);
    }

    /// <summary>A heartbeat; with the position only for a subscriber that has seen everything before it.</summary>
    internal static void Heartbeat(IBufferWriter<byte> writer, Position? position)
    {
        writer.Write(":\n"u8);
        if (position is { } current) PositionBlock(writer, current);
        else writer.Write("\n"u8);
    }

    /// <summary>The in-band event that tells of a gap. Its ID is the position before the oldest kept event, so that it is told once.</summary>
    internal static void Gap(IBufferWriter<byte> writer, ResumeGap gap, Position before)
    {
        Field(writer, "id: "u8, before.ToString());
        Field(writer, "event: "u8, EventRules.GapType);
        var json = new ArrayBufferWriter<byte>(128);
        using (var document = new Utf8JsonWriter(json))
        {
            document.WriteStartObject();
            document.WriteString("reason", gap.Reason.ToWireName());
            document.WriteString("from", gap.From);
            document.WriteString("oldest", (before with { Offset = before.Offset + 1 }).ToString());
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

    private static void Field(IBufferWriter<byte> writer, ReadOnlySpan<byte> name, string value)
    {
        writer.Write(name);
        Encoding.UTF8.GetBytes(value, writer);
        writer.Write("\n"u8);
    }
}
