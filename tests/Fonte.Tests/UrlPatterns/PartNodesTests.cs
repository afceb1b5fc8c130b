using System.Text;
using System.Text.RegularExpressions;
using CsCheck;
using Fonte.UrlPatterns;
using Xunit;

namespace Fonte.Tests.UrlPatterns;

/// <summary>The matcher of components against the regular expression that the standard says they are.</summary>
public sealed class PartNodesTests
{
    private static readonly Gen<string> Text = Gen.Char["ab/"].Array[0, 3].Select(chars => new string(chars));

    private static readonly Gen<PatternPart> Part =
        from type in Gen.Enum<PatternPartType>().Where(type => type != PatternPartType.Regexp)
        from modifier in Gen.Enum<PatternModifier>()
        from value in Text.Where(text => text.Length > 0)
        from prefix in Text
        from suffix in Text
        select type == PatternPartType.FixedText ? new PatternPart(type, value, modifier) : new PatternPart(type, "", modifier, "n", prefix, suffix);

    [Fact]
    public void Any_parts_match_as_their_regular_expression_does() =>
        Gen.Select(Part.Array[0, 5], Gen.Char["ab/"].Array[0, 12].Select(chars => new string(chars))).Sample((parts, text) =>
        {
            var named = parts.Select((part, i) => part.Type == PatternPartType.FixedText ? part : part with { Name = $"n{i}" }).ToArray();
            var program = PartNodes.Compile(named, PatternOptions.Pathname);
            var match = Regex.Match(text, Oracle(named), RegexOptions.None, TimeSpan.FromSeconds(10));
            Assert.Equal(match.Success, program.IsMatch(text));
            var groups = program.Match(text);
            Assert.Equal(match.Success, groups is not null);
            // JavaScript repeats nothing for nothing, where .NET does it once; so of what may be nothing and may be left out, .NET tells another way.
            if (match.Success && !named.Any(part => part.Type == PatternPartType.FullWildcard && part.Modifier != PatternModifier.None))
                Assert.Equal(match.Groups.Values.Skip(1).Select(group => group.Success ? group.Value : null), groups);
        }, iter: 20_000);

    [Fact]
    public void Time_is_linear_in_the_text()
    {
        // A backtracking engine would be at it for longer than the universe is old.
        var pattern = UrlPattern.Parse("https://a/" + string.Concat(Enumerable.Repeat("*a", 20)) + "b");
        var url = Url.Parse("https://a/" + new string('a', 3000))!;
        Assert.False(pattern.IsMatch(url));
        Assert.Null(pattern.Pathname.Match(url.Path));
    }

    private static string Oracle(IEnumerable<PatternPart> parts)
    {
        var text = new StringBuilder(@"\A");
        foreach (var part in parts)
        {
            var wildcard = part.Type == PatternPartType.FullWildcard ? ".*" : "[^/]+?";
            if (part.Type == PatternPartType.FixedText) text.Append($"(?:{part.Value}){part.ModifierText}");
            else if (part.Modifier is PatternModifier.None or PatternModifier.Optional) text.Append($"(?:{part.Prefix}({wildcard}){part.Suffix}){part.ModifierText}");
            else if (part.Prefix.Length + part.Suffix.Length == 0) text.Append($"((?:{wildcard}){part.ModifierText})");
            else text.Append($"(?:{part.Prefix}((?:{wildcard})(?:{part.Suffix}{part.Prefix}(?:{wildcard}))*){part.Suffix}){(part.Modifier == PatternModifier.ZeroOrMore ? "?" : "")}");
        }
        return text.Append(@"\z").ToString();
    }
}
