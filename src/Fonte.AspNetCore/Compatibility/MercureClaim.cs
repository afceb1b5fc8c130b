using System.Text.Json;
using System.Text.Unicode;

namespace Fonte.AspNetCore;

/// <summary>The claim <c>mercure</c> of a token of Mercure 0.x (its "Publishers", "Subscribers" and "Payload").</summary>
/// <param name="Details">What it grants.</param>
/// <param name="Payload">A JSON value for all subscriptions of who presents it, or <see langword="null"/>.</param>
internal sealed record MercureClaim(IReadOnlyList<AuthorizationDetail> Details, string? Payload)
{
    // As the namespaces of OpenID Connect's public claims have it.
    private const string Namespaced = "https://mercure.rocks/";

    /// <summary>The claim of a token's payload, or <see langword="null"/> if there is none or it is not as it must be.</summary>
    internal static MercureClaim? Read(ReadOnlyMemory<byte> payload, FonteHttpOptions options, TopicPatterns patterns)
    {
        if (!Utf8.IsValid(payload.Span)) return null;
        try
        {
            using var document = JsonDocument.Parse(payload, AuthorizationDetails.Strict);
            if (!document.RootElement.TryGetProperty("mercure", out var claim) && !document.RootElement.TryGetProperty(Namespaced, out claim)) return null;
            if (claim.ValueKind != JsonValueKind.Object) return null;
            if (Selectors(claim, "publish", options, patterns) is not { } publish || Selectors(claim, "subscribe", options, patterns) is not { } subscribe) return null;
            return new([new(true, false, publish, null), new(false, true, subscribe, null)], claim.TryGetProperty("payload", out var value) && value.ValueKind != JsonValueKind.Null ? value.GetRawText() : null);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // The second: an escape in it is half of a surrogate pair.
            return null;
        }
    }

    private static List<TopicMatcher>? Selectors(JsonElement claim, string name, FonteHttpOptions options, TopicPatterns patterns)
    {
        if (!claim.TryGetProperty(name, out var selectors) || selectors.ValueKind == JsonValueKind.Null) return [];
        if (selectors.ValueKind != JsonValueKind.Array || selectors.GetArrayLength() > options.MaxMatchers) return null;
        var matchers = new List<TopicMatcher>(selectors.GetArrayLength());
        foreach (var selector in selectors.EnumerateArray())
        {
            if (selector.ValueKind != JsonValueKind.String) return null;
            var text = selector.GetString()!;
            if (!AuthorizationDetails.IsExpression(text, options) || patterns.OfSelector(text).Matcher is not { } matcher) return null;
            matchers.Add(matcher);
        }
        return matchers;
    }
}
