using System.Buffers;
using System.Text;

namespace Fonte.UrlPatterns;

/// <summary>Writes parts as a pattern again, in its normal form (WHATWG URL Pattern, "Converting part lists to pattern strings").</summary>
internal static class PatternWriter
{
    private static readonly SearchValues<char> Special = SearchValues.Create("+*?:{}()\\");

    internal static string Write(IReadOnlyList<PatternPart> parts, PatternOptions options)
    {
        var text = new StringBuilder();
        for (var i = 0; i < parts.Count; i++)
        {
            if (parts[i].Type == PatternPartType.FixedText) WriteFixed(text, parts[i]);
            else WriteGroup(text, parts[i], i > 0 ? parts[i - 1] : null, i + 1 < parts.Count ? parts[i + 1] : null, options);
        }
        return text.ToString();
    }

    /// <summary>The text as a pattern that matches just it.</summary>
    internal static string Escape(string text)
    {
        if (!text.AsSpan().ContainsAny(Special)) return text;
        var escaped = new StringBuilder(text.Length + 8);
        foreach (var c in text)
        {
            if (Special.Contains(c)) escaped.Append('\\');
            escaped.Append(c);
        }
        return escaped.ToString();
    }

    private static void WriteFixed(StringBuilder text, PatternPart part)
    {
        if (part.Modifier == PatternModifier.None) text.Append(Escape(part.Value));
        else text.Append('{').Append(Escape(part.Value)).Append('}').Append(part.ModifierText);
    }

    private static void WriteGroup(StringBuilder text, PatternPart part, PatternPart? previous, PatternPart? next, PatternOptions options)
    {
        var isGrouped = IsGrouped(part, previous, next, options);
        if (isGrouped) text.Append('{');
        text.Append(Escape(part.Prefix));
        if (part.HasOwnName) text.Append(':').Append(part.Name);
        if (part.Type == PatternPartType.Regexp) text.Append('(').Append(part.Value).Append(')');
        else if (part.Type == PatternPartType.SegmentWildcard && !part.HasOwnName) text.Append('(').Append(options.SegmentWildcard).Append(')');
        else if (part.Type == PatternPartType.FullWildcard)
        {
            var isPlain = !part.HasOwnName
                && (previous is null || previous.Type == PatternPartType.FixedText || previous.Modifier != PatternModifier.None || isGrouped || part.Prefix.Length > 0);
            text.Append(isPlain ? "*" : "(.*)");
        }
        // The name would go on into the suffix.
        if (part is { Type: PatternPartType.SegmentWildcard, HasOwnName: true } && IsName(part.Suffix)) text.Append('\\');
        text.Append(Escape(part.Suffix));
        if (isGrouped) text.Append('}');
        text.Append(part.ModifierText);
    }

    private static bool IsGrouped(PatternPart part, PatternPart? previous, PatternPart? next, PatternOptions options)
    {
        if (part.Suffix.Length > 0 || (part.Prefix.Length > 0 && !(part.Prefix.Length == 1 && part.Prefix[0] == options.Prefix))) return true;
        if (part is { HasOwnName: true, Type: PatternPartType.SegmentWildcard, Modifier: PatternModifier.None } && next is { Prefix: "", Suffix: "" }
            && (next.Type == PatternPartType.FixedText ? IsName(next.Value) : char.IsAsciiDigit(next.Name[0]))) return true;
        return part.Prefix.Length == 0 && previous is { Type: PatternPartType.FixedText } && options.Prefix != '\0' && previous.Value.EndsWith(options.Prefix);
    }

    private static bool IsName(string text) => text.Length > 0 && Rune.DecodeFromUtf16(text, out var rune, out _) == OperationStatus.Done && PatternTokenizer.IsNameCharacter(rune, isFirst: false);
}
