namespace Fonte.UrlPatterns;

/// <summary>A part of a component's pattern.</summary>
/// <param name="Type">What it matches.</param>
/// <param name="Value">The text, or the regular expression.</param>
/// <param name="Modifier">How often.</param>
/// <param name="Name">The group's name, a number where it was given none; empty for text.</param>
/// <param name="Prefix">What stands before each match.</param>
/// <param name="Suffix">What stands behind it.</param>
internal sealed record PatternPart(PatternPartType Type, string Value, PatternModifier Modifier, string Name = "", string Prefix = "", string Suffix = "")
{
    /// <summary>Whether the author gave the name.</summary>
    internal bool HasOwnName => Name.Length > 0 && !char.IsAsciiDigit(Name[0]);

    internal string ModifierText => Modifier switch
    {
        PatternModifier.Optional => "?",
        PatternModifier.ZeroOrMore => "*",
        PatternModifier.OneOrMore => "+",
        _ => "",
    };
}
