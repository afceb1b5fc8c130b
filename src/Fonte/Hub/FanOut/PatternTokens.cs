using Fonte.UrlPatterns;

namespace Fonte;

/// <summary>What a URL must hold for a pattern to match it: a host, and whole segments of the path.</summary>
internal static class PatternTokens
{
    /// <summary>All tokens of a pattern; none when it asks for nothing by itself.</summary>
    internal static List<string> Of(UrlPattern pattern)
    {
        var tokens = new List<string>();
        if (pattern.Hostname.Parts is [{ Type: PatternPartType.FixedText, Modifier: PatternModifier.None } host]) tokens.Add(OfHost(host.Value));
        var parts = pattern.Pathname.Parts;
        for (var i = 0; i < parts.Count; i++)
        {
            if (parts[i] is { Type: PatternPartType.FixedText, Modifier: PatternModifier.None }) AddSegments(tokens, parts[i].Value, BeginsSegment(parts, i + 1));
        }
        return tokens;
    }

    /// <summary>The token of a host. No segment begins with a slash.</summary>
    internal static string OfHost(string host) => "//" + host;

    private static void AddSegments(List<string> tokens, string text, bool isWhole)
    {
        var slash = text.IndexOf('/');
        while (slash >= 0)
        {
            var next = text.IndexOf('/', slash + 1);
            if (next < 0 && !isWhole) return;
            var segment = next < 0 ? text[(slash + 1)..] : text[(slash + 1)..next];
            if (segment.Length > 0) tokens.Add(segment);
            slash = next;
        }
    }

    // Whether what comes can only be a slash or the end, so that the text before is a whole segment.
    private static bool BeginsSegment(IReadOnlyList<PatternPart> parts, int index)
    {
        if (index == parts.Count) return true;
        var part = parts[index];
        if (!(part.Type == PatternPartType.FixedText ? part.Value : part.Prefix).StartsWith('/')) return false;
        return part.Modifier is PatternModifier.None or PatternModifier.OneOrMore || BeginsSegment(parts, index + 1);
    }
}
