using Fonte.Programs;
using Fonte.UriTemplates;
using Fonte.UrlPatterns;

namespace Fonte;

/// <summary>An expression that selects topics. Immutable; equal to another of the same type, expression and base.</summary>
public sealed class TopicMatcher : IEquatable<TopicMatcher>
{
    private TopicMatcher(MatcherType type, string pattern, TopicPattern? compiled = null, UriTemplate? template = null) => (Type, Pattern, Compiled, Template) = (type, pattern, compiled, template);

    /// <summary>How the expression is read.</summary>
    public MatcherType Type { get; }

    /// <summary>The expression.</summary>
    public string Pattern { get; }

    /// <summary>The compiled pattern of one that is a URL Pattern.</summary>
    internal TopicPattern? Compiled { get; }

    /// <summary>The template of one that is a URI Template.</summary>
    internal UriTemplate? Template { get; }

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
    /// <remarks>Matching takes time linear in the topic. A group's regular expression is JavaScript's. From its first group or wildcard on a component may become 500 instructions, and all together no more: a character of text is one, and a count such as <c>{20}</c> repeats what stands before it.</remarks>
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
        catch (PatternException exception)
        {
            throw new ArgumentException(exception.Message, nameof(pattern), exception);
        }
    }

    /// <summary>Makes the matcher of a topic selector of Mercure 0.x: of a URI Template (RFC 6570), of every topic when it is <c>*</c>, and of one topic when it is no template.</summary>
    /// <param name="selector">Such as <c>https://example.com/books/{id}</c>.</param>
    /// <remarks>Matching takes time linear in the topic. From its first variable on the template may become 500 instructions: a character of text is one, and one of a prefix ten; so <c>{id:49}</c> is the longest prefix, where RFC 6570 has 9999.</remarks>
    /// <exception cref="ArgumentException">It is empty, holds control or format characters or is not valid Unicode; or is longer than templates may be.</exception>
    public static TopicMatcher UriTemplate(string selector)
    {
        var exact = Exact(selector);
        try
        {
            return OfSelector(exact);
        }
        catch (PatternException exception)
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
        _ => Compiled!.Matches(topic),
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
        if (Compiled is null) throw new InvalidOperationException("Only a URL Pattern matches by components.");
        return Compiled.Hub.Resolve(topic) is { } url
            ? [.. Compiled.Expression.Match(UrlPatternInit.Of(url)).Select(match => new TopicComponentMatch(match.Name, match.Pattern, match.Input, match.Groups))]
            : [];
    }

    /// <inheritdoc/>
    public bool Equals(TopicMatcher? other) =>
        other is not null && Type == other.Type && Pattern == other.Pattern && Compiled?.Hub.Text == other.Compiled?.Hub.Text;

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
}
