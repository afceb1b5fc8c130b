using Fonte.UriTemplates;
using Fonte.UrlPatterns;

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

/// <summary>An expression that selects topics. Immutable; equal to another of the same type, expression and base.</summary>
public sealed class TopicMatcher : IEquatable<TopicMatcher>
{
    private readonly TopicPattern? _compiled;

    private TopicMatcher(MatcherType type, string pattern, TopicPattern? compiled = null, UriTemplate? template = null) => (Type, Pattern, _compiled, Template) = (type, pattern, compiled, template);

    /// <summary>How the expression is read.</summary>
    public MatcherType Type { get; }

    /// <summary>The expression.</summary>
    public string Pattern { get; }

    /// <summary>The matcher of every topic.</summary>
    public static TopicMatcher Wildcard { get; } = new(MatcherType.Wildcard, "*");

    /// <summary>Makes the matcher of one topic; of every topic when it is <c>*</c>.</summary>
    /// <exception cref="ArgumentException">The topic is empty, holds control or format characters or is not valid Unicode.</exception>
    public static TopicMatcher Exact(string topic)
    {
        ArgumentException.ThrowIfNullOrEmpty(topic);
        if (!TextRules.IsClean(topic))
            throw new ArgumentException("A topic may not hold control or format characters.", nameof(topic));
        return topic is "*" ? Wildcard : new(MatcherType.Exact, topic);
    }

    /// <summary>Makes the matcher of a URL Pattern; of every topic when it is <c>*</c>.</summary>
    /// <param name="pattern">Such as <c>https://example.com/books/:id</c>.</param>
    /// <param name="hubUrl">The hub's absolute URL, against which a relative pattern and relative topics are read.</param>
    /// <remarks>Matching takes time linear in the topic. A group's regular expression is JavaScript's; those of one pattern may become 500 instructions, where a count such as <c>{20}</c> repeats what stands before it.</remarks>
    /// <exception cref="ArgumentException">The pattern is not well formed, or uses what is not supported: back references, lookarounds, set operations of classes; or the URL is none.</exception>
    public static TopicMatcher UrlPattern(string pattern, string hubUrl)
    {
        ArgumentException.ThrowIfNullOrEmpty(pattern);
        ArgumentNullException.ThrowIfNull(hubUrl);
        if (pattern is "*") return Wildcard;
        var hub = new HubUrl(hubUrl);
        try
        {
            return OfPattern(pattern, new(UrlPatterns.UrlPattern.ParseReference(pattern, hubUrl), hub));
        }
        catch (UrlPatternException exception)
        {
            throw new ArgumentException(exception.Message, nameof(pattern), exception);
        }
    }

    /// <summary>Makes the matcher of a topic selector of Mercure 0.x: of a URI Template (RFC 6570), of every topic when it is <c>*</c>, and of one topic when it is no template.</summary>
    /// <param name="selector">Such as <c>https://example.com/books/{id}</c>.</param>
    /// <remarks>Matching takes time linear in the topic. The expressions of one template may become 500 instructions.</remarks>
    /// <exception cref="ArgumentException">It is empty, holds control or format characters or is not valid Unicode; or is longer than templates may be.</exception>
    public static TopicMatcher UriTemplate(string selector)
    {
        var exact = Exact(selector);
        try
        {
            return OfSelector(exact);
        }
        catch (UrlPatternException exception)
        {
            throw new ArgumentException(exception.Message, nameof(selector), exception);
        }
    }

    /// <summary>Whether the matcher selects the topic.</summary>
    public bool Matches(string topic) => Type switch
    {
        MatcherType.Wildcard => true,
        MatcherType.Exact => string.Equals(Pattern, topic, StringComparison.Ordinal),
        MatcherType.UriTemplate => Template!.IsMatch(topic),
        _ => _compiled!.Matches(topic),
    };

    /// <summary>Whether the matcher selects one of the topics.</summary>
    public bool MatchesAny(IReadOnlyList<string> topics)
    {
        if (Type == MatcherType.Wildcard) return true;
        for (var i = 0; i < topics.Count; i++)
        {
            if (Matches(topics[i])) return true;
        }
        return false;
    }

    /// <summary>How each component of the topic's URL matches the same component of the URL Pattern, in the order of a URL; empty when the topic cannot be read as a URL.</summary>
    /// <exception cref="InvalidOperationException">The matcher is not a URL Pattern.</exception>
    public IReadOnlyList<TopicComponentMatch> Explain(string topic)
    {
        ArgumentNullException.ThrowIfNull(topic);
        if (_compiled is null) throw new InvalidOperationException("Only a URL Pattern matches by components.");
        return _compiled.Hub.Resolve(topic) is { } url
            ? [.. _compiled.Expression.Match(UrlPatternInit.Of(url)).Select(match => new TopicComponentMatch(match.Name, match.Pattern, match.Input, match.Groups))]
            : [];
    }

    /// <inheritdoc/>
    public bool Equals(TopicMatcher? other) =>
        other is not null && Type == other.Type && Pattern == other.Pattern && _compiled?.Hub.Text == other._compiled?.Hub.Text;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as TopicMatcher);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Type, Pattern);

    /// <inheritdoc/>
    public override string ToString() => Type switch
    {
        MatcherType.UrlPattern => $"urlpattern {Pattern}",
        MatcherType.UriTemplate => $"uritemplate {Pattern}",
        _ => Pattern,
    };

    internal static TopicMatcher OfPattern(string pattern, TopicPattern compiled) => new(MatcherType.UrlPattern, pattern, compiled);

    internal static TopicMatcher OfSelector(TopicMatcher exact) =>
        exact.Pattern.Contains('{') && UriTemplates.UriTemplate.Parse(exact.Pattern) is { } template ? new(MatcherType.UriTemplate, exact.Pattern, template: template) : exact;

    /// <summary>The template of one that is a URI Template.</summary>
    internal UriTemplate? Template { get; }

    /// <summary>The compiled pattern of one that is a URL Pattern.</summary>
    internal TopicPattern? Compiled => _compiled;
}

/// <summary>How a component of a topic's URL matched.</summary>
/// <param name="Name">The component, such as <c>pathname</c> (WHATWG URL Pattern).</param>
/// <param name="Pattern">The component's pattern in its normal form.</param>
/// <param name="Input">What it was matched with.</param>
/// <param name="Groups">What each group matched by its name, <see langword="null"/> for one that took no part; <see langword="null"/> when the component does not match.</param>
public sealed record TopicComponentMatch(string Name, string Pattern, string Input, IReadOnlyDictionary<string, string?>? Groups);
