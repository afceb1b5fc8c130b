using System.Buffers;

namespace Fonte;

/// <summary>The topics that are the hub's own: its URL's path and what lies below (Mercure draft -08, "Publication"). Thread-safe.</summary>
internal sealed class ReservedNamespace
{
    // None that is written in more than one way, or means something in a route.
    private static readonly SearchValues<char> Characters = SearchValues.Create("/-._0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    private readonly HubUrl _plain;
    private readonly HubUrl _secure;
    private readonly ReservedNamespace? _public;

    /// <param name="path">The path of the hub's URL, as a URL parser writes it, without a slash at its end.</param>
    /// <param name="publicPath">The path under which its users know it, where a proxy takes a part away.</param>
    /// <exception cref="ArgumentException">It is no such path.</exception>
    internal ReservedNamespace(string path, string? publicPath = null)
    {
        if (!path.StartsWith('/') || path.EndsWith('/') || path.Contains("//", StringComparison.Ordinal) || path.AsSpan().ContainsAnyExcept(Characters) || UrlPatterns.Url.Parse("http://hub.invalid" + path)?.Path != path)
            throw new ArgumentException("The hub's path must be like /hub: one or more segments of ASCII letters, digits, hyphens, dots and underscores, without a slash at the end.", nameof(path));
        (Path, _plain, _secure) = (path, new("http://hub.invalid" + path), new("https://hub.invalid" + path));
        if (publicPath is not null && publicPath != path) _public = new(publicPath);
    }

    internal static ReservedNamespace Default { get; } = new(EventRules.HubPath);

    /// <summary>The hub's path.</summary>
    internal string Path { get; }

    /// <summary>The topic of all subscriptions, and their address.</summary>
    internal string Subscriptions => Path + "/subscriptions";

    /// <summary>Where to send what is revoked.</summary>
    internal string Revocations => Path + "/revocations";

    /// <summary>Where to send whose streams are to end.</summary>
    internal string Kicks => Path + "/kicks";

    /// <summary>The URL of a hub that was not told its own. Relative patterns then match relative topics only.</summary>
    internal HubUrl Url => _plain;

    // Only the path counts, and a topic such as "https:?a" is relative to a hub of its own scheme.
    internal bool Holds(string topic) => HoldsHere(topic) || _public?.HoldsHere(topic) == true;

    private bool HoldsHere(string topic) => _plain.MayBeOfTheHub(topic) && (_plain.IsOfTheHub(topic) || _secure.IsOfTheHub(topic));
}
