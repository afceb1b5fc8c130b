using Fonte.Programs;

namespace Fonte.UrlPatterns;

/// <summary>A URL Pattern (WHATWG URL Pattern). Immutable, thread-safe.</summary>
internal sealed class UrlPattern
{
    private UrlPattern(UrlPatternInit init, bool ignoreCase)
    {
        Protocol = PatternComponent.Compile(init.Protocol ?? "*", PatternOptions.Default, Canonical.Protocol);
        Username = PatternComponent.Compile(init.Username ?? "*", PatternOptions.Default, Canonical.UserInfo);
        Password = PatternComponent.Compile(init.Password ?? "*", PatternOptions.Default, Canonical.UserInfo);
        var hostname = init.Hostname ?? "*";
        Hostname = PatternComponent.Compile(hostname, PatternOptions.Hostname, IsIpv6(hostname) ? Canonical.Ipv6Hostname : Canonical.Hostname);
        Port = PatternComponent.Compile(init.Port ?? "*", PatternOptions.Default, Canonical.Port);
        var options = PatternOptions.Default with { IgnoreCase = ignoreCase };
        Pathname = Protocol.MatchesSpecialScheme()
            ? PatternComponent.Compile(init.Pathname ?? "*", PatternOptions.Pathname with { IgnoreCase = ignoreCase }, Canonical.Pathname)
            : PatternComponent.Compile(init.Pathname ?? "*", options, Canonical.OpaquePathname);
        Search = PatternComponent.Compile(init.Search ?? "*", options, Canonical.Search);
        Hash = PatternComponent.Compile(init.Hash ?? "*", options, Canonical.Hash);
        var counted = Protocol.Counted + Username.Counted + Password.Counted + Hostname.Counted + Port.Counted + Pathname.Counted + Search.Counted + Hash.Counted;
        if (counted > TextProgram.MostCounted) throw new PatternException(PartNodes.TooMany);
    }

    internal PatternComponent Protocol { get; }

    internal PatternComponent Username { get; }

    internal PatternComponent Password { get; }

    internal PatternComponent Hostname { get; }

    internal PatternComponent Port { get; }

    internal PatternComponent Pathname { get; }

    internal PatternComponent Search { get; }

    internal PatternComponent Hash { get; }

    /// <summary>The components with their names, in the order of a URL.</summary>
    internal IEnumerable<(string Name, PatternComponent Component, Func<UrlPatternInit, string?> Of)> Components =>
    [
        ("protocol", Protocol, static init => init.Protocol), ("username", Username, static init => init.Username), ("password", Password, static init => init.Password),
        ("hostname", Hostname, static init => init.Hostname), ("port", Port, static init => init.Port), ("pathname", Pathname, static init => init.Pathname),
        ("search", Search, static init => init.Search), ("hash", Hash, static init => init.Hash),
    ];

    /// <summary>How many groups, wildcards and optional texts its components have, beside components that may be anything.</summary>
    internal int Groups => Components.Where(each => !each.Component.IsAnything).Sum(each => each.Component.Parts.Count(part => part.Type != PatternPartType.FixedText || part.Modifier != PatternModifier.None));

    /// <summary>Reads a pattern that is written like a URL.</summary>
    /// <param name="pattern">The pattern.</param>
    /// <param name="baseUrl">What a relative one is read against, or <see langword="null"/>.</param>
    /// <param name="ignoreCase">Whether path, query and fragment match without regard to case.</param>
    /// <exception cref="PatternException">It is not well formed, or not supported.</exception>
    internal static UrlPattern Parse(string pattern, string? baseUrl = null, bool ignoreCase = false)
    {
        var init = ConstructorStringParser.Parse(pattern);
        if (baseUrl is null && init.Protocol is null) throw new PatternException("The pattern is relative, and there is no base URL.");
        init.BaseUrl = baseUrl;
        return Of(init, ignoreCase);
    }

    /// <summary>Reads a pattern that is written like a URL or like a reference; only what is relative is read against the base.</summary>
    /// <remarks>The standard reads an absolute pattern of another kind of URL, such as <c>urn\:a\:*</c>, against the base's path too, where it could match nothing.</remarks>
    /// <exception cref="PatternException">It is not well formed, or not supported.</exception>
    internal static UrlPattern ParseReference(string pattern, string baseUrl)
    {
        var init = ConstructorStringParser.Parse(pattern);
        if (init.Protocol is null) init.BaseUrl = baseUrl;
        return Of(init);
    }

    /// <summary>Reads a pattern that is given in its components.</summary>
    /// <exception cref="PatternException">It is not well formed, or not supported.</exception>
    internal static UrlPattern Of(UrlPatternInit init, bool ignoreCase = false)
    {
        var processed = UrlPatternProcessing.Process(init, isPattern: true, new());
        if (processed.Protocol is { } protocol && processed.Port is { } port && Url.DefaultPort(protocol) is { } standard && port == standard.ToString(System.Globalization.CultureInfo.InvariantCulture))
            processed.Port = "";
        return new(processed, ignoreCase);
    }

    /// <summary>Whether the URL matches.</summary>
    internal bool IsMatch(Url url) =>
        Pathname.IsMatch(url.Path) && Hostname.IsMatch(url.Host ?? "") && Protocol.IsMatch(url.Scheme) && Port.IsMatch(url.PortText)
        && Search.IsMatch(url.Query ?? "") && Hash.IsMatch(url.Fragment ?? "") && Username.IsMatch(url.Username) && Password.IsMatch(url.Password);

    /// <summary>Matches each component, and returns each one's groups, null for one that does not match.</summary>
    internal IReadOnlyList<ComponentMatch> Match(UrlPatternInit input) =>
        [.. Components.Select(each => ComponentMatch.Of(each.Name, each.Component, each.Of(input) ?? ""))];

    private static bool IsIpv6(string hostname) => hostname is ['[', _, ..] or ['{' or '\\', '[', ..];
}
