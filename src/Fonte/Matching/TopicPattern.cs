using Fonte.UrlPatterns;

namespace Fonte;

/// <summary>A compiled pattern, and what it is matched against.</summary>
/// <param name="Expression">The pattern.</param>
/// <param name="Hub">Resolves topics.</param>
internal sealed record TopicPattern(UrlPattern Expression, HubUrl Hub)
{
    internal bool Matches(string topic) => Hub.Resolve(topic) is { } url && Expression.IsMatch(url);
}
