using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Fonte.AspNetCore;

/// <summary>What a command is answered with: an object of JSON whose member <c>fonte</c> tells it from an event.</summary>
internal static class SocketAnswer
{
    private static readonly JsonWriterOptions Readable = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Published, under this ID.</summary>
    internal static ReadOnlyMemory<byte> Published(string? reference, string id) => Write("published", reference, json => json.WriteString("id", id));

    /// <summary>From here on it gets what it asked for last.</summary>
    internal static ReadOnlyMemory<byte> Subscribed(string? reference, string position) => Write("subscribed", reference, json => json.WriteString("last_event_id", position));

    /// <summary>Not done; the members are those of problem details (RFC 9457).</summary>
    internal static ReadOnlyMemory<byte> Of(string? reference, Problem problem) => Write("problem", reference, problem.WriteMembers);

    private static ReadOnlyMemory<byte> Write(string what, string? reference, Action<Utf8JsonWriter> members)
    {
        var message = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(message, Readable))
        {
            json.WriteStartObject();
            json.WriteString("fonte", what);
            if (reference is not null)
            {
                json.WritePropertyName("ref");
                json.WriteRawValue(reference);
            }
            members(json);
            json.WriteEndObject();
        }
        return message.WrittenMemory;
    }
}

[JsonSerializable(typeof(string))]
internal sealed partial class SocketJson : JsonSerializerContext;
