namespace Fonte.UrlPatterns;

/// <summary>A token.</summary>
/// <param name="Type">What it is.</param>
/// <param name="Index">Where it begins in the pattern.</param>
/// <param name="Value">Its text.</param>
internal readonly record struct PatternToken(PatternTokenType Type, int Index, string Value);
