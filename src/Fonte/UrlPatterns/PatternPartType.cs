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
