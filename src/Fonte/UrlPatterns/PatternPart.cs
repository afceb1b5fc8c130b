namespace Fonte.UrlPatterns;

/// <summary>What a part of a component's pattern matches (WHATWG URL Pattern, "Parts").</summary>
internal enum PatternPartType
{
    /// <summary>Its text.</summary>
    FixedText,

    /// <summary>What a regular expression matches.</summary>
    Regexp,

    /// <summary>One character or more, without the component's delimiter, as few as possible.</summary>
    SegmentWildcard,

    /// <summary>Anything, as much as possible.</summary>
    FullWildcard,
}

/// <summary>How often a part matches.</summary>
internal enum PatternModifier
{
    /// <summary>Once.</summary>
    None,

    /// <summary><c>?</c></summary>
    Optional,

    /// <summary><c>*</c></summary>
    ZeroOrMore,

    /// <summary><c>+</c></summary>
    OneOrMore,
}

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

/// <summary>What is special in a component (WHATWG URL Pattern, "Options").</summary>
/// <param name="Delimiter">What a segment wildcard does not match, or <c>\0</c> for nothing.</param>
/// <param name="Prefix">What belongs to the group that it stands before, or <c>\0</c> for nothing.</param>
internal readonly record struct PatternOptions(char Delimiter, char Prefix)
{
    internal static readonly PatternOptions Default = new('\0', '\0');
    internal static readonly PatternOptions Hostname = new('.', '\0');
    internal static readonly PatternOptions Pathname = new('/', '/');

    /// <summary>Whether letters match without regard to their case. The draft forbids it to hubs; the standard has it.</summary>
    internal bool IgnoreCase { get; init; }

    /// <summary>The regular expression that a segment wildcard stands for.</summary>
    internal string SegmentWildcard => Delimiter switch
    {
        '\0' => "[^]+?",
        _ => $"[^\\{Delimiter}]+?",
    };
}
