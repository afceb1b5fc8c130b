namespace Fonte.UrlPatterns;

/// <summary>The eight components of a pattern or of what it is matched with, as they were given (WHATWG URL Pattern, "URLPatternInit").</summary>
internal sealed record UrlPatternInit
{
    internal string? Protocol { get; set; }

    internal string? Username { get; set; }

    internal string? Password { get; set; }

    internal string? Hostname { get; set; }

    internal string? Port { get; set; }

    internal string? Pathname { get; set; }

    internal string? Search { get; set; }

    internal string? Hash { get; set; }

    internal string? BaseUrl { get; set; }

    /// <summary>All components empty.</summary>
    internal static UrlPatternInit Empty => new() { Protocol = "", Username = "", Password = "", Hostname = "", Port = "", Pathname = "", Search = "", Hash = "" };

    /// <summary>The components of a URL.</summary>
    internal static UrlPatternInit Of(Url url) => new()
    {
        Protocol = url.Scheme,
        Username = url.Username,
        Password = url.Password,
        Hostname = url.Host ?? "",
        Port = url.PortText,
        Pathname = url.Path,
        Search = url.Query ?? "",
        Hash = url.Fragment ?? "",
    };
}
