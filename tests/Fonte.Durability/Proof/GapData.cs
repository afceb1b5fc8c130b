using System.Text.Json;

namespace Fonte.Durability;

/// <summary>The data of a <c>fonte-gap</c>.</summary>
/// <param name="Reason">Why something was skipped.</param>
/// <param name="From">The cursor after which it was skipped.</param>
/// <param name="Oldest">The position where the stream goes on.</param>
internal sealed record GapData(string Reason, string From, string Oldest)
{
    private const string None = "-";

    /// <summary>Reads it as the hub wrote it; what is missing or no text is <c>-</c>.</summary>
    public static GapData Read(string? json)
    {
        try
        {
            using var document = JsonDocument.Parse(json ?? "");
            return new GapData(Text(document, "reason"), Text(document, "from"), Text(document, "oldest"));
        }
        catch (JsonException)
        {
            return new GapData(None, None, None);
        }
    }

    /// <summary>As it stands in the records.</summary>
    public override string ToString() => $"{Reason} {From} {Oldest}";

    private static string Text(JsonDocument document, string name) =>
        document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty(name, out var value) &&
        value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text && !text.Contains(' ', StringComparison.Ordinal)
            ? text
            : None;
}
