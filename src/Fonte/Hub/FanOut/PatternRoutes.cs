namespace Fonte;

/// <summary>The patterns of a pump's subscribers, each evaluated once for each topic. Not thread-safe.</summary>
/// <remarks>
/// A topic is kept with the patterns that match it and how many patterns there had been; at its next event only those that came since are looked at. A new topic is
/// compared with those patterns alone that ask for one of its segments or its host, and with those that ask for nothing. Of 10,000 patterns <c>/users/:id/items/N{/*}?</c> that is one.
/// </remarks>
internal sealed class PatternRoutes(long cacheBytes)
{
    // Beyond so many new patterns all are looked at again, through the tokens.
    private const int MostLate = 64;

    private readonly Dictionary<TopicMatcher, PatternRoute> _routes = [];
    private readonly Dictionary<string, List<PatternRoute>> _byToken = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<PatternRoute>> _templates = new(StringComparer.Ordinal);
    private readonly Dictionary<string, PatternRoute> _templateTexts = new(StringComparer.Ordinal);
    private readonly List<PatternRoute> _withoutToken = [];
    private readonly Queue<PatternRoute> _late = new();
    private readonly List<PatternRoute> _found = [];
    private readonly TopicCache _cache = new(cacheBytes);
    private HubUrl? _hub;
    private long _version;
    private long _look;

    /// <summary>The list of a pattern's subscribers, made if there is none.</summary>
    internal PatternRoute ListOf(TopicMatcher matcher)
    {
        if (_routes.TryGetValue(matcher, out var route)) return route;
        _routes.Add(matcher, route = new(matcher, ++_version));
        route.Token = Rarest(TokensOf(matcher), route.IsTemplate ? _templates : _byToken);
        Bucket(route).Add(route);
        if (route.IsTemplate) _templateTexts.Add(matcher.Pattern, route);
        _late.Enqueue(route);
        if (_late.Count > MostLate) _late.Dequeue();
        return route;
    }

    internal void Remove(PatternRoute route)
    {
        _routes.Remove(route.Matcher!);
        if (route.IsTemplate) _templateTexts.Remove(route.Matcher!.Pattern);
        route.Matcher = null;
        var bucket = Bucket(route);
        bucket.Remove(route);
        if (bucket.Count == 0 && route.Token is not null) IndexOf(route).Remove(route.Token);
        if (_routes.Count > 0) return;
        _cache.Clear();
        _late.Clear();
        _hub = null;
    }

    /// <summary>The patterns that match the topic.</summary>
    internal PatternRoute[] Find(string topic)
    {
        if (_routes.Count == 0) return [];
        var entry = _cache.Find(topic);
        if (entry?.Version == _version) return entry.Routes;
        _found.Clear();
        if (entry is not null && _version - entry.Version <= _late.Count)
        {
            foreach (var known in entry.Routes)
            {
                if (known.Count > 0) _found.Add(known);
            }
            foreach (var late in _late)
            {
                if (late.Version > entry.Version) TryAdd(late, topic);
            }
        }
        else
        {
            LookAtAll(topic);
        }
        PatternRoute[] routes = _found.Count == 0 ? [] : [.. _found];
        _cache.Set(topic, new(routes, _version));
        return routes;
    }

    private List<PatternRoute> Bucket(PatternRoute route)
    {
        if (route.Token is null) return _withoutToken;
        var index = IndexOf(route);
        if (!index.TryGetValue(route.Token, out var bucket)) index.Add(route.Token, bucket = []);
        return bucket;
    }

    private Dictionary<string, List<PatternRoute>> IndexOf(PatternRoute route) => route.IsTemplate ? _templates : _byToken;

    private List<string> TokensOf(TopicMatcher matcher)
    {
        if (matcher.Template is { } template) return template.Segments();
        var compiled = matcher.Compiled!;
        _hub ??= compiled.Hub;
        // One that is read against another URL takes a topic for another URL too.
        return compiled.Hub.Text == _hub.Text ? PatternTokens.Of(compiled.Expression) : [];
    }

    // Of several alike the last: what comes later in a path is more particular.
    private static string? Rarest(List<string> tokens, Dictionary<string, List<PatternRoute>> index) => tokens.AsEnumerable().Reverse().MinBy(token => index.TryGetValue(token, out var bucket) ? bucket.Count : 0);

    private void LookAtAll(string topic)
    {
        _look++;
        foreach (var route in _withoutToken) TryAdd(route, topic);
        if (_templates.Count > 0) TryAddBySegments(_templates, topic, topic);
        // A template selects its own text too, which need not hold what its expansions hold.
        if (_templateTexts.TryGetValue(topic, out var same) && same.Token is not null && same.Seen != _look) TryAdd(same, topic);
        if (_byToken.Count == 0 || _hub!.Resolve(topic) is not { } url) return;
        if (url.Host is not null && _byToken.TryGetValue(PatternTokens.OfHost(url.Host), out var ofHost)) TryAdd(ofHost, topic);
        TryAddBySegments(_byToken, url.Path, topic);
    }

    private void TryAddBySegments(Dictionary<string, List<PatternRoute>> index, ReadOnlySpan<char> path, string topic)
    {
        var lookup = index.GetAlternateLookup<ReadOnlySpan<char>>();
        foreach (var segment in path.Split('/'))
        {
            if (lookup.TryGetValue(path[segment], out var bucket)) TryAdd(bucket, topic);
        }
    }

    private void TryAdd(List<PatternRoute> bucket, string topic)
    {
        foreach (var route in bucket)
        {
            // A topic may hold a segment twice.
            if (route.Seen == _look) continue;
            route.Seen = _look;
            TryAdd(route, topic);
        }
    }

    private void TryAdd(PatternRoute route, string topic)
    {
        if (route is { Count: > 0, Matcher: { } matcher } && matcher.Matches(topic)) _found.Add(route);
    }
}
