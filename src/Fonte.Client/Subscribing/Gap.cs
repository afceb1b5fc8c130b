using System.Text.Json;

namespace Fonte.Client;

/// <summary>Events that were missed, as the hub tells it.</summary>
/// <param name="Reason">Why: <c>truncated</c>, <c>other-epoch</c>, <c>unknown</c>, <c>future</c> or <c>damaged</c> of a Fonte hub; <c>earliest</c> where a hub only said that it begins there; empty when it said nothing.</param>
/// <param name="From">The event ID that was asked for; empty when the hub did not say.</param>
/// <param name="Oldest">The position from which the stream goes on; empty when the hub did not say.</param>
public sealed record Gap(string Reason, string From, string Oldest)
{
    /// <summary>As a hub tells it that begins at the earliest.</summary>
    internal static string Write(string from)
    {
        var body = new System.Buffers.ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(body))
        {
            json.WriteStartObject();
            json.WriteString("reason", SubscribeRequest.Earliest);
            json.WriteString("from", from);
            json.WriteEndObject();
        }

        return System.Text.Encoding.UTF8.GetString(body.WrittenSpan);
    }

    internal static Gap Parse(string data)
    {
        try
        {
            using var document = JsonDocument.Parse(data);
            return document.RootElement.ValueKind == JsonValueKind.Object ? new(Text(document, "reason"), Text(document, "from"), Text(document, "oldest")) : new("", "", "");
        }
        catch (JsonException)
        {
            return new("", "", "");
        }
    }

    private static string Text(JsonDocument document, string name) =>
        document.RootElement.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";
}
