using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace Fonte.AspNetCore;

/// <summary>Reads the claim <c>authorization_details</c> (Mercure draft -08, "Authorization Details"). One wrong entry refuses all: a part of a grant would be another grant.</summary>
internal static class AuthorizationDetails
{
    /// <summary>The type of the entries that are meant for a hub; others are passed over.</summary>
    internal const string Type = "https://mercure.rocks/authorization-detail";

    private const int MostDetails = 100;

    // A name that stands twice in an object means one thing to one reader and another to another (RFC 8259, section 4).
    internal static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 32 };

    /// <summary>The entries of a token's payload, or <see langword="null"/> if they are not as they must be.</summary>
    internal static IReadOnlyList<AuthorizationDetail>? Read(ReadOnlyMemory<byte> payload, FonteHttpOptions options, TopicPatterns patterns)
    {
        if (!Utf8.IsValid(payload.Span)) return null;
        try
        {
            using var document = JsonDocument.Parse(payload, Strict);
            if (!document.RootElement.TryGetProperty("authorization_details", out var claim)) return [];
            return claim.ValueKind == JsonValueKind.Array ? ReadAll(claim, options, patterns) : null;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // The second: an escape in it is half of a surrogate pair.
            return null;
        }
    }

    private static List<AuthorizationDetail>? ReadAll(JsonElement claim, FonteHttpOptions options, TopicPatterns patterns)
    {
        var details = new List<AuthorizationDetail>();
        foreach (var entry in claim.EnumerateArray())
        {
            if (entry.ValueKind != JsonValueKind.Object || !entry.TryGetProperty("type", out var type) || type.ValueKind != JsonValueKind.String) return null;
            if (!type.ValueEquals(Type)) continue;
            if (details.Count == MostDetails || ReadOne(entry, options, patterns) is not { } detail) return null;
            details.Add(detail);
        }
        return details;
    }

    private static AuthorizationDetail? ReadOne(JsonElement entry, FonteHttpOptions options, TopicPatterns patterns)
    {
        if (!entry.TryGetProperty("actions", out var actions) || !TryReadActions(actions, out var publish, out var subscribe)) return null;
        if (!entry.TryGetProperty("topics", out var topics) || ReadTopics(topics, options, patterns) is not { } matchers) return null;
        string? payload = null;
        if (entry.TryGetProperty("payload", out var given))
        {
            if (given.ValueKind != JsonValueKind.Object) return null;
            payload = given.GetRawText();
        }
        return new(publish, subscribe, matchers, payload);
    }

    // An action that is not known grants nothing and spoils nothing.
    private static bool TryReadActions(JsonElement actions, out bool publish, out bool subscribe)
    {
        (publish, subscribe) = (false, false);
        if (actions.ValueKind != JsonValueKind.Array || actions.GetArrayLength() == 0) return false;
        foreach (var action in actions.EnumerateArray())
        {
            if (action.ValueKind != JsonValueKind.String) return false;
            publish |= action.ValueEquals("publish");
            subscribe |= action.ValueEquals("subscribe");
        }
        return true;
    }

    private static List<TopicMatcher>? ReadTopics(JsonElement topics, FonteHttpOptions options, TopicPatterns patterns)
    {
        if (topics.ValueKind != JsonValueKind.Array || topics.GetArrayLength() is var count && (count == 0 || count > options.MaxMatchers)) return null;
        var matchers = new List<TopicMatcher>(count);
        foreach (var topic in topics.EnumerateArray())
        {
            if (topic.ValueKind != JsonValueKind.Object || ReadMatcher(topic, options, patterns) is not { } matcher) return null;
            matchers.Add(matcher);
        }
        return matchers;
    }

    /// <summary>Whether a text can be a matcher's expression.</summary>
    internal static bool IsExpression(string text, FonteHttpOptions options) => text.Length > 0 && Encoding.UTF8.GetByteCount(text) <= options.MaxMatcherBytes && TextRules.IsClean(text);

    private static TopicMatcher? ReadMatcher(JsonElement topic, FonteHttpOptions options, TopicPatterns patterns)
    {
        if (!topic.TryGetProperty("match", out var match) || match.ValueKind != JsonValueKind.String) return null;
        string? type = null;
        if (topic.TryGetProperty("match_type", out var given))
        {
            if (given.ValueKind != JsonValueKind.String) return null;
            type = given.GetString();
        }
        var expression = match.GetString()!;
        if (type is not (null or "exact" or "urlpattern")) return null;
        if (!IsExpression(expression, options)) return null;
        return type == "urlpattern" ? patterns.Of(expression).Matcher : TopicMatcher.Exact(expression);
    }
}
