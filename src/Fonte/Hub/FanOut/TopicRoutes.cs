namespace Fonte;

/// <summary>Which subscribers of a pump an event goes to. Its cost follows the matching ones. Not thread-safe.</summary>
internal sealed class TopicRoutes(long cacheBytes)
{
    private readonly Dictionary<string, RouteList> _exact = new(StringComparer.Ordinal);
    private readonly RouteList _wildcard = new();
    private readonly PatternRoutes _patterns = new(cacheBytes);

    internal void Add(Subscriber subscriber)
    {
        subscriber.Routes = new Route[subscriber.Matchers.Count];
        for (var i = 0; i < subscriber.Routes.Length; i++)
        {
            var matcher = subscriber.Matchers[i];
            var list = ListOf(matcher);
            var route = new Route(subscriber, matcher.Pattern, list);
            list.Add(route);
            subscriber.Routes[i] = route;
        }
    }

    internal void Remove(Subscriber subscriber)
    {
        foreach (var route in subscriber.Routes)
        {
            route.List.Remove(route);
            if (route.List.Count > 0 || route.List == _wildcard) continue;
            if (route.List is PatternRoute pattern) _patterns.Remove(pattern);
            else _exact.Remove(route.Key);
        }
        subscriber.Routes = [];
    }

    /// <summary>The subscribers with the exact matcher, or null.</summary>
    internal RouteList? Exact(string topic) => _exact.GetValueOrDefault(topic);

    /// <summary>The subscribers of every topic.</summary>
    internal RouteList Wildcard => _wildcard;

    /// <summary>The subscribers of patterns that match the topic, a list for each pattern.</summary>
    internal PatternRoute[] Patterns(string topic) => _patterns.Find(topic);

    private RouteList ListOf(TopicMatcher matcher)
    {
        if (matcher.Type is MatcherType.UrlPattern or MatcherType.UriTemplate) return _patterns.ListOf(matcher);
        if (matcher.Type == MatcherType.Wildcard) return _wildcard;
        if (!_exact.TryGetValue(matcher.Pattern, out var list)) _exact.Add(matcher.Pattern, list = new());
        return list;
    }
}
