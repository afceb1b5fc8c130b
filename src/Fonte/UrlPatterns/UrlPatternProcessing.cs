using Fonte.Programs;

namespace Fonte.UrlPatterns;

/// <summary>Completes components from a base URL and brings them into canonical form (WHATWG URL Pattern, "process a URLPatternInit").</summary>
internal static class UrlPatternProcessing
{
    /// <summary>The components as they are matched.</summary>
    /// <param name="init">As they were given.</param>
    /// <param name="isPattern">Whether they are patterns, or parts of a URL.</param>
    /// <param name="defaults">Those that nobody gives.</param>
    /// <exception cref="PatternException">One cannot be a component.</exception>
    internal static UrlPatternInit Process(UrlPatternInit init, bool isPattern, UrlPatternInit defaults)
    {
        var result = defaults;
        Url? baseUrl = null;
        if (init.BaseUrl is not null)
        {
            baseUrl = Url.Parse(init.BaseUrl) ?? throw new PatternException("The base URL is none.");
            Inherit(init, baseUrl, isPattern, result);
        }
        if (init.Protocol is { } protocol)
        {
            if (protocol.EndsWith(':')) protocol = protocol[..^1];
            result.Protocol = isPattern ? protocol : Canonical.Protocol(protocol);
        }
        var scheme = result.Protocol ?? "";
        if (init.Username is not null) result.Username = isPattern ? init.Username : Canonical.UserInfo(init.Username);
        if (init.Password is not null) result.Password = isPattern ? init.Password : Canonical.UserInfo(init.Password);
        if (init.Hostname is not null) result.Hostname = isPattern ? init.Hostname : Canonical.Hostname(init.Hostname);
        if (init.Port is not null) result.Port = isPattern ? init.Port : Canonical.Port(init.Port, scheme);
        if (init.Pathname is not null) result.Pathname = Pathname(init.Pathname, baseUrl, isPattern, scheme);
        if (init.Search is { } search)
        {
            if (search.StartsWith('?')) search = search[1..];
            result.Search = isPattern ? search : Canonical.Search(search);
        }
        if (init.Hash is { } hash)
        {
            if (hash.StartsWith('#')) hash = hash[1..];
            result.Hash = isPattern ? hash : Canonical.Hash(hash);
        }
        return result;
    }

    // What stands in the base behind what was given is not taken over, as with a relative URL.
    private static void Inherit(UrlPatternInit init, Url baseUrl, bool isPattern, UrlPatternInit result)
    {
        if (init.Protocol is not null) return;
        result.Protocol = Text(baseUrl.Scheme, isPattern);
        if (!isPattern && init is { Hostname: null, Port: null, Username: null })
        {
            result.Username = baseUrl.Username;
            if (init.Password is null) result.Password = baseUrl.Password;
        }
        if (init.Hostname is not null) return;
        result.Hostname = Text(baseUrl.Host ?? "", isPattern);
        if (init.Port is not null) return;
        result.Port = baseUrl.PortText;
        if (init.Pathname is not null) return;
        result.Pathname = Text(baseUrl.Path, isPattern);
        if (init.Search is not null) return;
        result.Search = Text(baseUrl.Query ?? "", isPattern);
        if (init.Hash is null) result.Hash = Text(baseUrl.Fragment ?? "", isPattern);
    }

    private static string Text(string value, bool isPattern) => isPattern ? PatternWriter.Escape(value) : value;

    private static string Pathname(string pathname, Url? baseUrl, bool isPattern, string scheme)
    {
        if (baseUrl is { HasOpaquePath: false } && !IsAbsolute(pathname, isPattern))
        {
            var path = Text(baseUrl.Path, isPattern);
            if (path.LastIndexOf('/') is var slash and >= 0) pathname = path[..(slash + 1)] + pathname;
        }
        if (isPattern) return pathname;
        return scheme.Length == 0 || Url.IsSpecialScheme(scheme) ? Canonical.Pathname(pathname) : Canonical.OpaquePathname(pathname);
    }

    private static bool IsAbsolute(string pathname, bool isPattern) =>
        pathname.StartsWith('/') || (isPattern && pathname is ['\\' or '{', '/', ..]);
}
