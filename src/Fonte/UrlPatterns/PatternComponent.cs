using Fonte.Programs;

namespace Fonte.UrlPatterns;

/// <summary>A component of a pattern, ready to match (WHATWG URL Pattern, "component").</summary>
internal sealed class PatternComponent
{
    // Most components of most patterns are one of these.
    private static readonly PatternComponent Anything = new([new(PatternPartType.FullWildcard, "", PatternModifier.None, "0")], PatternOptions.Default);
    private static readonly PatternComponent Empty = new([], PatternOptions.Default);

    private readonly TextProgram _program;
    private readonly PatternOptions _options;

    private PatternComponent(IReadOnlyList<PatternPart> parts, PatternOptions options)
    {
        Parts = parts;
        IsAnything = parts is [{ Type: PatternPartType.FullWildcard, Modifier: PatternModifier.None, Prefix: "", Suffix: "" }];
        _options = options;
        _program = PartNodes.Compile(parts, options);
    }

    /// <summary>Its parts.</summary>
    internal IReadOnlyList<PatternPart> Parts { get; }

    /// <summary>Its pattern in normal form. Made when it is asked for: it can be as long as all else that is held.</summary>
    internal string Text => PatternWriter.Write(Parts, _options);

    /// <summary>The names of its groups.</summary>
    internal IEnumerable<string> Names => Parts.Where(part => part.Type != PatternPartType.FixedText).Select(part => part.Name);

    /// <summary>In how many instructions a match can be at once at most.</summary>
    internal int Counted => IsAnything ? 0 : _program.Counted;

    /// <summary>Whether everything matches.</summary>
    internal bool IsAnything { get; }

    /// <summary>Reads a component's pattern.</summary>
    /// <exception cref="PatternException">It is not well formed, or not supported.</exception>
    internal static PatternComponent Compile(string pattern, PatternOptions options, Func<string, string> canonicalize) => pattern switch
    {
        "*" => Anything,
        "" => Empty,
        _ => new(PatternParser.Parse(pattern, options, canonicalize), options),
    };

    internal bool IsMatch(string text) => IsAnything || _program.IsMatch(text);

    /// <summary>What each group matched, null for one that took no part; or null when the text does not match.</summary>
    internal string?[]? Match(string text) => _program.Match(text);

    internal bool MatchesSpecialScheme() =>
        IsMatch("http") || IsMatch("https") || IsMatch("ws") || IsMatch("wss") || IsMatch("ftp") || IsMatch("file");
}
