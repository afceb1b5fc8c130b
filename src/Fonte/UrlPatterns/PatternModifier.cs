namespace Fonte.UrlPatterns;

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
