using System.Text;
using System.Text.RegularExpressions;

namespace Fonte.UrlPatterns;

/// <summary>A component that holds a regular expression of its author: matched by .NET's engine that does not backtrack, so that its time is linear (CWE-1333).</summary>
internal sealed class RegexComponent
{
    /// <summary>What an ordinary one takes of memory once it has been used: 217 to 560 kB were measured. One made for it takes more, such as 7.6 MB for <c>.*[a-m].{12}</c>.</summary>
    internal const int ApproximateBytes = 512 * 1024;

    private readonly Regex _regex;
    private readonly int _groups;

    private RegexComponent(Regex regex, int groups) => (_regex, _groups) = (regex, groups);

    /// <summary>The component of these parts.</summary>
    /// <exception cref="UrlPatternException">It is not well formed, or cannot be matched in linear time.</exception>
    internal static RegexComponent Of(IReadOnlyList<PatternPart> parts, PatternOptions options)
    {
        var text = new StringBuilder(@"\A");
        var groups = 0;
        foreach (var part in parts)
        {
            if (part.Type == PatternPartType.FixedText)
            {
                text.Append("(?:").Append(Regex.Escape(part.Value)).Append(')').Append(part.ModifierText);
                continue;
            }
            groups++;
            Append(text, part, options);
        }
        try
        {
            return new(new Regex(text.Append(@"\z").ToString(), RegexOptions.NonBacktracking | RegexOptions.CultureInvariant | (options.IgnoreCase ? RegexOptions.IgnoreCase : RegexOptions.None)), groups);
        }
        catch (Exception exception) when (exception is ArgumentException or NotSupportedException)
        {
            throw new UrlPatternException("A group's regular expression is not well formed, or cannot be matched in linear time; write a simpler one.");
        }
    }

    internal bool IsMatch(ReadOnlySpan<char> text) => _regex.IsMatch(text);

    internal string?[]? Match(string text)
    {
        var match = _regex.Match(text);
        if (!match.Success) return null;
        var groups = new string?[_groups];
        for (var i = 0; i < _groups; i++) groups[i] = match.Groups[i + 1] is { Success: true } group ? group.Value : null;
        return groups;
    }

    // The forms of the standard, "generate a regular expression and name list".
    private static void Append(StringBuilder text, PatternPart part, PatternOptions options)
    {
        var expression = part.Type switch
        {
            PatternPartType.FullWildcard => @"[^\n\r\u2028\u2029]*",
            PatternPartType.SegmentWildcard => options.Delimiter == '\0' ? @"[\s\S]+?" : $"[^{Regex.Escape(options.Delimiter.ToString())}]+?",
            _ => RegexDialect.Rewrite(part.Value),
        };
        var (prefix, suffix) = (Regex.Escape(part.Prefix), Regex.Escape(part.Suffix));
        var isRepeated = part.Modifier is PatternModifier.ZeroOrMore or PatternModifier.OneOrMore;
        if (!isRepeated) text.Append($"(?:{prefix}({expression}){suffix}){part.ModifierText}");
        else if (part.Prefix.Length == 0 && part.Suffix.Length == 0) text.Append($"((?:{expression}){part.ModifierText})");
        else text.Append($"(?:{prefix}((?:{expression})(?:{suffix}{prefix}(?:{expression}))*){suffix}){(part.Modifier == PatternModifier.ZeroOrMore ? "?" : "")}");
    }
}
