using System.Text.Json;

namespace Fonte;

/// <summary>The values of a line of an export; each that is not what it must be is told by its name.</summary>
internal static class LogLineValues
{
    internal static string Text(ref Utf8JsonReader json, string name) =>
        json.TokenType == JsonTokenType.String ? json.GetString()! : throw new FormatException($"its field '{name}' is not a text");

    internal static byte[] Utf8(ref Utf8JsonReader json, string name)
    {
        if (json.TokenType != JsonTokenType.String) throw new FormatException($"its field '{name}' is not a text");
        // Unescaping never makes it longer.
        var buffer = new byte[json.ValueSpan.Length];
        var length = json.CopyString(buffer);
        return length == buffer.Length ? buffer : buffer[..length];
    }

    internal static long Number(ref Utf8JsonReader json, string name) =>
        json.TokenType == JsonTokenType.Number && json.TryGetInt64(out var number) && number >= 0
            ? number
            : throw new FormatException($"its field '{name}' is not a whole number, zero or more");

    internal static bool Flag(ref Utf8JsonReader json, string name) =>
        json.TokenType is JsonTokenType.True or JsonTokenType.False ? json.GetBoolean() : throw new FormatException($"its field '{name}' is neither true nor false");

    internal static long Time(ref Utf8JsonReader json) =>
        json.TokenType == JsonTokenType.String && LogTimes.TryParse(json.GetString()!, out var time)
            ? time
            : throw new FormatException("its field 'time' is not a time like 2026-11-24T10:00:00.000001Z");

    internal static byte[] Seal(ref Utf8JsonReader json) =>
        json.TokenType == JsonTokenType.String && json.TryGetBytesFromBase64(out var seal) && seal.Length == 2 * IdempotencyKey.HalfLength
            ? seal
            : throw new FormatException($"its field 'idempotency_key' is not {2 * IdempotencyKey.HalfLength} bytes in base64");

    internal static List<string> Texts(ref Utf8JsonReader json, string name)
    {
        if (json.TokenType != JsonTokenType.StartArray) throw new FormatException($"its field '{name}' is not a list of texts");
        var texts = new List<string>(1);
        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
            texts.Add(json.TokenType == JsonTokenType.String ? json.GetString()! : throw new FormatException($"its field '{name}' is not a list of texts"));
        return texts;
    }

    internal static List<LogEpoch> Lineage(ref Utf8JsonReader json)
    {
        const string wrong = "its field 'lineage' is not a list of epochs with their first offsets, in order";
        if (json.TokenType != JsonTokenType.StartArray) throw new FormatException(wrong);
        var lineage = new List<LogEpoch>();
        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
        {
            if (json.TokenType != JsonTokenType.StartObject) throw new FormatException(wrong);
            string? epoch = null;
            long? firstOffset = null;
            while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
            {
                var name = json.GetString()!;
                json.Read();
                if (name == "epoch") epoch = Text(ref json, name);
                else if (name == "first_offset") firstOffset = Number(ref json, name);
                else throw new FormatException(wrong);
            }
            if (!Position.TryParse($"{EventRules.HubIdPrefix}{epoch}:0", out _) || firstOffset is not { } first || first < (lineage.Count == 0 ? 1 : lineage[^1].FirstOffset)
                || lineage.Any(earlier => earlier.Epoch == epoch))
                throw new FormatException(wrong);
            lineage.Add(new(epoch!, first));
        }
        return lineage.Count > 0 ? lineage : throw new FormatException(wrong);
    }
}
