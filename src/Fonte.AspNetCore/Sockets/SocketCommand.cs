using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Fonte.AspNetCore;

/// <summary>What a client asks for over its WebSocket.</summary>
/// <remarks>
/// <code>
/// {"publish":{"topic":"a","data":"…","type":"…","id":"…","retry":5000,"private":true},"key":"…","ref":1}
/// {"subscribe":{"match":["a","b"],"match_urlpattern":"/orders/:id","last_event_id":"…"},"ref":2}
/// </code>
/// A topic or a matcher is a string or an array of strings. The answer carries <c>ref</c>.
/// </remarks>
internal sealed class SocketCommand
{
    private const int MostReference = 128;

    private static readonly Problem Unreadable = new(
        StatusCodes.Status400BadRequest, "command-invalid", "Send an object of JSON with either publish or subscribe, each an object, and if you like ref, a short string or a whole number; see docs/transports.md.");

    /// <summary>What the answer carries, as JSON; <see langword="null"/> for nothing.</summary>
    internal string? Reference { get; private init; }

    /// <summary>What is to be published.</summary>
    internal EventDraft? Draft { get; private init; }

    /// <summary>The key that makes a repetition harmless, or <see langword="null"/>.</summary>
    internal string? Key { get; private init; }

    /// <summary>What is to be subscribed to from now on, as a query.</summary>
    internal QueryString Query { get; private init; }

    /// <summary>Why it is neither.</summary>
    internal Problem? Problem { get; private init; }

    internal static SocketCommand Read(ReadOnlyMemory<byte> message)
    {
        string? reference = null;
        try
        {
            using var document = JsonDocument.Parse(message);
            reference = document.RootElement.TryGetProperty("ref", out var given) ? ReferenceOf(given) : null;
            return Read(document.RootElement, reference);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or FormatException)
        {
            // Not JSON, or a member of another type, or half a surrogate.
            return new() { Reference = reference, Problem = Unreadable };
        }
    }

    private static SocketCommand Read(JsonElement root, string? reference)
    {
        var hasPublish = root.TryGetProperty("publish", out var publish);
        var hasSubscribe = root.TryGetProperty("subscribe", out var subscribe);
        if (hasPublish == hasSubscribe) return new() { Reference = reference, Problem = Unreadable };
        return hasSubscribe
            ? new() { Reference = reference, Query = new(QueryOf(subscribe)) }
            : new() { Reference = reference, Draft = DraftOf(publish), Key = root.TryGetProperty("key", out var key) ? key.GetString() : null };
    }

    private static string ReferenceOf(JsonElement value) =>
        value.ValueKind == JsonValueKind.Number ? value.GetInt64().ToString(System.Globalization.CultureInfo.InvariantCulture)
        : value.GetString() is { Length: <= MostReference } text ? JsonSerializer.Serialize(text, SocketJson.Default.String)
        : throw new FormatException();

    private static EventDraft DraftOf(JsonElement publish) => new()
    {
        Topics = publish.TryGetProperty("topic", out var topic) ? [.. Texts(topic).Distinct()] : [],
        Data = publish.TryGetProperty("data", out var data) && data.GetString() is { } text ? Encoding.UTF8.GetBytes(text) : null,
        Type = TextOf(publish, "type"),
        Id = TextOf(publish, "id"),
        RetryMilliseconds = publish.TryGetProperty("retry", out var retry) ? retry.GetInt32() : null,
        Private = publish.TryGetProperty("private", out var isPrivate) && isPrivate.GetBoolean(),
    };

    private static string? TextOf(JsonElement parent, string name) => parent.TryGetProperty(name, out var value) && value.GetString() is { Length: > 0 } text ? text : null;

    private static string QueryOf(JsonElement subscribe)
    {
        var query = new StringBuilder();
        foreach (var member in subscribe.EnumerateObject())
        {
            foreach (var value in Texts(member.Value)) query.Append(query.Length == 0 ? '?' : '&').Append(Uri.EscapeDataString(member.Name)).Append('=').Append(Uri.EscapeDataString(value));
        }
        return query.Length == 0 ? "" : query.ToString();
    }

    private static IEnumerable<string> Texts(JsonElement value) =>
        value.ValueKind == JsonValueKind.Array ? value.EnumerateArray().Select(each => each.GetString() ?? "") : [value.GetString() ?? ""];
}
