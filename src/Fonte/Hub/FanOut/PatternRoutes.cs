using Fonte.UrlPatterns;

namespace Fonte;

/// <summary>The subscriptions with the same pattern.</summary>
internal sealed class PatternRoute(TopicMatcher matcher, long version) : RouteList
{
    /// <summary>The pattern; null when the last subscriber has left, so that what still knows this place does not hold it.</summary>
    internal TopicMatcher? Matcher { get; set; } = matcher;

    /// <summary>When it was added, in additions.</summary>
    internal long Version { get; } = version;

    /// <summary>What a topic must hold for the pattern to match, and under which it is found; or null.</summary>
    internal string? Token { get; set; }

    /// <summary>Whether a topic is compared as it is written, and not as a URL.</summary>
    internal bool IsTemplate { get; } = matcher.Template is not null;

    /// <summary>The number of the look in which it was seen last.</summary>
    internal long Seen { get; set; }
}

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

    private IReadOnlyList<string> TokensOf(TopicMatcher matcher)
    {
        if (matcher.Template is { } template) return template.Segments;
        var compiled = matcher.Compiled!;
        _hub ??= compiled.Hub;
        // One that is read against another URL takes a topic for another URL too.
        return compiled.Hub.Text == _hub.Text ? PatternTokens.Of(compiled.Expression) : [];
    }

    // Of several alike the last: what comes later in a path is more particular.
    private static string? Rarest(IReadOnlyList<string> tokens, Dictionary<string, List<PatternRoute>> index) => tokens.Reverse().MinBy(token => index.TryGetValue(token, out var bucket) ? bucket.Count : 0);

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

/// <summary>What a URL must hold for a pattern to match it: a host, and whole segments of the path.</summary>
internal static class PatternTokens
{
    /// <summary>All tokens of a pattern; none when it asks for nothing by itself.</summary>
    internal static List<string> Of(UrlPattern pattern)
    {
        var tokens = new List<string>();
        if (pattern.Hostname.Parts is [{ Type: PatternPartType.FixedText, Modifier: PatternModifier.None } host]) tokens.Add(OfHost(host.Value));
        var parts = pattern.Pathname.Parts;
        for (var i = 0; i < parts.Count; i++)
        {
            if (parts[i] is { Type: PatternPartType.FixedText, Modifier: PatternModifier.None }) AddSegments(tokens, parts[i].Value, BeginsSegment(parts, i + 1));
        }
        return tokens;
    }

    /// <summary>The token of a host. No segment begins with a slash.</summary>
    internal static string OfHost(string host) => "//" + host;

    private static void AddSegments(List<string> tokens, string text, bool isWhole)
    {
        var slash = text.IndexOf('/');
        while (slash >= 0)
        {
            var next = text.IndexOf('/', slash + 1);
            if (next < 0 && !isWhole) return;
            var segment = next < 0 ? text[(slash + 1)..] : text[(slash + 1)..next];
            if (segment.Length > 0) tokens.Add(segment);
            slash = next;
        }
    }

    // Whether what comes can only be a slash or the end, so that the text before is a whole segment.
    private static bool BeginsSegment(IReadOnlyList<PatternPart> parts, int index)
    {
        if (index == parts.Count) return true;
        var part = parts[index];
        if (!(part.Type == PatternPartType.FixedText ? part.Value : part.Prefix).StartsWith('/')) return false;
        return part.Modifier is PatternModifier.None or PatternModifier.OneOrMore || BeginsSegment(parts, index + 1);
    }
}

/// <summary>Topics with the patterns that match them: the ones of late, bounded by bytes.</summary>
/// <remarks>Two generations instead of a list in the order of use: what is not asked for while one fills is dropped with the other.</remarks>
internal sealed class TopicCache(long maxBytes)
{
    private Dictionary<string, Entry> _young = new(StringComparer.Ordinal);
    private Dictionary<string, Entry> _old = new(StringComparer.Ordinal);
    private long _youngBytes;

    internal Entry? Find(string topic)
    {
        if (_young.TryGetValue(topic, out var entry)) return entry;
        if (!_old.Remove(topic, out entry)) return null;
        Set(topic, entry);
        return entry;
    }

    internal void Set(string topic, Entry entry)
    {
        _old.Remove(topic);
        if (_young.TryGetValue(topic, out var before)) _youngBytes -= before.BytesWith(topic);
        _young[topic] = entry;
        _youngBytes += entry.BytesWith(topic);
        if (_youngBytes <= maxBytes / 2) return;
        (_old, _young, _youngBytes) = (_young, new(StringComparer.Ordinal), 0);
    }

    internal void Clear()
    {
        (_young, _old, _youngBytes) = (new(StringComparer.Ordinal), new(StringComparer.Ordinal), 0);
    }

    /// <summary>The patterns that match a topic.</summary>
    /// <param name="Routes">Their subscribers; some may have none left.</param>
    /// <param name="Version">How many patterns had been added by then.</param>
    internal sealed record Entry(PatternRoute[] Routes, long Version)
    {
        // An estimate: the heads of the string and the array (46), this (32), and a place in the dictionary (about 80).
        internal long BytesWith(string topic) => 160 + (2L * topic.Length) + (8L * Routes.Length);
    }
}
