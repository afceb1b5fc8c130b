namespace Fonte;

/// <summary>How a topic matcher's expression is read (Mercure draft -08, "Matcher Types").</summary>
public enum MatcherType
{
    /// <summary>The topic equals the expression, byte for byte.</summary>
    Exact,

    /// <summary>The reserved matcher <c>*</c>: every topic.</summary>
    Wildcard,

    /// <summary>The topic matches the expression as a URL Pattern (WHATWG URL Pattern).</summary>
    UrlPattern,

    /// <summary>The topic is an expansion of the expression as a URI Template (RFC 6570), or equals it. Of Mercure 0.x ("Topic Selectors").</summary>
    UriTemplate,
}
