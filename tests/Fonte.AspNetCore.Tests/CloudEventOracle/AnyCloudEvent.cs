using System.Globalization;
using System.Text;
using System.Text.Json;
using CloudNative.CloudEvents;
using CsCheck;

namespace Fonte.AspNetCore.Tests.CloudEventOracle;

/// <summary>Any CloudEvent that the package makes and the hub's own rules allow.</summary>
internal static class AnyCloudEvent
{
    private static readonly string[] Special = ["\"", "\\", "%", "%41", " ", "é", "😀", "\u2028", "<", "/", ",", ";", "\u0301", "#", "{", "'"];

    // What neither CloudEvents (noncharacters) nor the hub (controls, format characters) lets stand in an attribute is left out.
    private static readonly Gen<string> Character = Gen.OneOf(
        Gen.Int[0, Special.Length - 1].Select(index => Special[index]),
        Gen.Char[' ', '~'].Select(character => character.ToString()),
        Gen.Int[0xA0, 0x10FFFF].Where(IsAllowed).Select(value => new Rune(value).ToString()));

    private static readonly Gen<string> Text = Character.Array[1, 12].Select(string.Concat);
    private static readonly Gen<DateTimeOffset> Time = Gen.Select(Gen.Int[0, 2_000_000_000], Gen.Int[-14 * 60, 14 * 60]).Select((seconds, minutes) => DateTimeOffset.FromUnixTimeSeconds(seconds).AddMilliseconds(seconds % 1000).ToOffset(TimeSpan.FromMinutes(minutes)));

    private static readonly Gen<Uri> Source = Gen.Select(Gen.Int[0, 3], Text)
        .Select((kind, text) => Uri.TryCreate((kind switch { 0 => "https://example.com/", 1 => "urn:x:", 2 => "/", _ => "" }) + text, UriKind.RelativeOrAbsolute, out var uri) ? uri : null)
        .Where(uri => uri is not null && IsAllowedTopic(uri.OriginalString))!;

    private static readonly Gen<(CloudEventAttributeType Type, object Value)> Extension = Gen.OneOf(
        Text.Select(value => (CloudEventAttributeType.String, (object)value)),
        Gen.Bool.Select(value => (CloudEventAttributeType.Boolean, (object)value)),
        Gen.Int.Select(value => (CloudEventAttributeType.Integer, (object)value)),
        Gen.Byte.Array[0, 20].Select(value => (CloudEventAttributeType.Binary, (object)value)),
        Source.Select(value => (CloudEventAttributeType.UriReference, (object)value)),
        Gen.Int.Select(number => (CloudEventAttributeType.Uri, (object)new Uri($"https://example.com/schema/{number}?é"))),
        Time.Select(value => (CloudEventAttributeType.Timestamp, (object)value)));

    private static readonly Gen<(string? Type, object? Data)> Data = Gen.OneOf(
        Gen.Const(((string?)null, (object?)null)),
        Json(3).Select(json => ((string?)"application/json", (object?)JsonDocument.Parse(json).RootElement.Clone())),
        Json(1).Select(json => ((string?)"application/vnd.order+json; charset=utf-8", (object?)JsonDocument.Parse(json).RootElement.Clone())),
        Gen.Select(Gen.Bool, Gen.OneOf(Text, Gen.Const("\r\n\0\ndata: x\r"), Gen.Const(""))).Select((plain, text) => ((string?)(plain ? "text/plain" : "text/html; charset=utf-8"), (object?)text)),
        Gen.Select(Gen.Bool, Gen.Byte.Array[0, 60]).Select((image, bytes) => ((string?)(image ? "image/png" : "application/octet-stream"), (object?)bytes)));

    internal static Gen<CloudEvent> One { get; } =
        Gen.Select(Text.Where(IsAllowedId), Source, Text, Gen.OneOf(Gen.Const((string?)null), Text.Where(IsAllowedTopic)!), Gen.OneOf(Gen.Const((DateTimeOffset?)null), Time.Select(time => (DateTimeOffset?)time)), Data)
            .SelectMany((id, source, type, subject, time, data) => Gen.Select(Extension.Array[0, 4], Gen.OneOf(Gen.Const((bool?)null), Gen.Bool.Select(flag => (bool?)flag))).Select((extensions, isPrivate) =>
            {
                var made = new CloudEvent(CloudEventsSpecVersion.V1_0) { Id = id, Source = source, Type = type, Subject = subject, Time = time, DataContentType = data.Type, Data = data.Data };
                if (time is not null) made.DataSchema = new("https://example.com/schema");
                if (isPrivate is not null) made[CloudEventAttribute.CreateExtension("private", CloudEventAttributeType.Boolean)] = isPrivate;
                for (var i = 0; i < extensions.Length; i++)
                    made[CloudEventAttribute.CreateExtension("x" + i.ToString(CultureInfo.InvariantCulture), extensions[i].Type)] = extensions[i].Value;
                return made;
            }));

    private static Gen<string> Json(int depth)
    {
        var leaf = Gen.OneOf(
            Gen.Const("null"), Gen.Const("true"), Gen.Const("1.50e3"), Gen.Const("\"\\ud83d\\ude00\\u0000\\r\\n\""), Gen.Int.Select(number => number.ToString(CultureInfo.InvariantCulture)), Text.Select(text => JsonSerializer.Serialize(text)));
        if (depth == 0) return leaf;
        var inner = Json(depth - 1);
        return Gen.OneOf(
            leaf,
            inner.Array[0, 3].Select(items => $"[ {string.Join(",\n", items)} ]"),
            Gen.Select(Text, inner).Array[0, 3].Select(members => "{" + string.Join(", ", members.DistinctBy(member => member.Item1).Select(member => $"{JsonSerializer.Serialize(member.Item1)} : {member.Item2}")) + "}"));
    }

    private static bool IsAllowed(int value) =>
        Rune.IsValid(value) && (value & 0xFFFE) != 0xFFFE && value is not (>= 0xFDD0 and <= 0xFDEF)
        && Rune.GetUnicodeCategory(new Rune(value)) is not (UnicodeCategory.Control or UnicodeCategory.Format);

    // Nothing, a query or a fragment alone, with spaces around it, are references to the hub's own URL.
    private static bool IsAllowedTopic(string topic) => topic.TrimStart(' ') is [not ('#' or '?'), ..] && topic != "*";

    private static bool IsAllowedId(string id) => id[0] != '#' && id != "earliest" && !id.StartsWith("urn:fonte:", StringComparison.OrdinalIgnoreCase);
}
