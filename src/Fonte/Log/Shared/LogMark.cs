using System.Buffers;
using System.Text.Json;

namespace Fonte;

/// <summary>What a hub puts into a shared log to say which log it is, that it is there, and how far it has come.</summary>
/// <param name="Node">The hub's name, random for each start.</param>
/// <param name="Number">Counts the hub's marks.</param>
/// <param name="Epoch">The log's epoch, as the hub knows it or proposes it.</param>
/// <param name="Generation">How often the log has got another epoch, because it was rolled back; the highest counts.</param>
/// <param name="IsClaim">Whether the hub only proposes it, not having seen any.</param>
internal sealed record LogMark(string Node, long Number, string Epoch, int Generation, bool IsClaim)
{
    internal byte[] Write()
    {
        var body = new ArrayBufferWriter<byte>(128);
        using (var json = new Utf8JsonWriter(body))
        {
            json.WriteStartObject();
            json.WriteString("node", Node);
            json.WriteNumber("number", Number);
            json.WriteString("epoch", Epoch);
            json.WriteNumber("generation", Generation);
            json.WriteBoolean("claim", IsClaim);
            json.WriteEndObject();
        }
        return body.WrittenSpan.ToArray();
    }

    /// <summary>Reads a mark; returns null for what is none that this version knows.</summary>
    internal static LogMark? Read(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            var root = document.RootElement;
            var mark = new LogMark(root.GetProperty("node").GetString()!, root.GetProperty("number").GetInt64(), root.GetProperty("epoch").GetString()!, root.GetProperty("generation").GetInt32(), root.GetProperty("claim").GetBoolean());
            return Position.TryParse($"{EventRules.HubIdPrefix}{mark.Epoch}:0", out _) ? mark : null;
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }
}
