namespace Fonte.UrlPatterns;

/// <summary>What a token of a pattern is (WHATWG URL Pattern, "Tokens").</summary>
internal enum PatternTokenType
{
    /// <summary><c>{</c></summary>
    Open,

    /// <summary><c>}</c></summary>
    Close,

    /// <summary>A group's regular expression, without its parentheses.</summary>
    Regexp,

    /// <summary>A group's name, without its colon.</summary>
    Name,

    /// <summary>A character that means itself.</summary>
    Char,

    /// <summary>A character after a backslash.</summary>
    EscapedChar,

    /// <summary><c>?</c> or <c>+</c></summary>
    OtherModifier,

    /// <summary><c>*</c>, a wildcard or a modifier.</summary>
    Asterisk,

    /// <summary>The end of the pattern.</summary>
    End,

    /// <summary>Where the pattern is not well formed; only when read leniently.</summary>
    InvalidChar,
}
