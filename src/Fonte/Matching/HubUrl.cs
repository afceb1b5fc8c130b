using Fonte.UrlPatterns;

namespace Fonte;

/// <summary>The hub's own URL, against which relative topics and patterns are read (Mercure draft -08, "URL Pattern"). Thread-safe.</summary>
internal sealed class HubUrl
{
    // Topics come again, and taking one apart costs more than finding it here; what is kept here is bounded, whoever chooses them (CWE-770).
    private const int Places = 1024;
    private const int LongestKept = 4096;
    private readonly Resolved?[] _recent = new Resolved?[Places];
    private readonly Url _url;

    /// <param name="text">An absolute URL with a path.</param>
    /// <exception cref="ArgumentException">It is none.</exception>
    internal HubUrl(string text)
    {
        _url = Url.Parse(text) is { HasOpaquePath: false } url ? url : throw new ArgumentException("The hub's URL must be an absolute URL with a path.", nameof(text));
        Text = text;
    }

    /// <summary>As it was given.</summary>
    internal string Text { get; }

    /// <summary>The topic as a URL, or <see langword="null"/> when it cannot be one: then no pattern matches it.</summary>
    internal Url? Resolve(string topic)
    {
        if (topic.Length > LongestKept) return Url.Parse(topic, _url);
        ref var place = ref _recent[(uint)string.GetHashCode(topic) % Places];
        if (Volatile.Read(ref place) is { } known && known.Topic == topic) return known.Url;
        var resolved = new Resolved(topic, Url.Parse(topic, _url));
        Volatile.Write(ref place, resolved);
        return resolved.Url;
    }

    /// <summary>Whether the topic is the hub's own: its URL's path is the hub's, or lies below (draft, "Publication").</summary>
    /// <remarks>As a URL, since an absolute, dotted or percent-encoded form would otherwise pass.</remarks>
    internal bool IsOfTheHub(string topic)
    {
        if (Url.Parse(topic, _url) is not { } url) return false;
        var path = DecodedUnreserved(url.Path);
        // With a backslash for a slash and without: what it is differs between schemes.
        return IsBelow(path) || (path.StartsWith('/') && IsBelow(Url.OfPath(path)));
    }

    private bool IsBelow(string path) => path.StartsWith(_url.Path, StringComparison.Ordinal) && (path.Length == _url.Path.Length || path[_url.Path.Length] == '/');

    /// <summary>Whether the topic may be the hub's own, whatever the hub's scheme. Nearly no topic may, and of those that may not no URL need be made, for each event.</summary>
    /// <remarks>One that is the hub's names its last segment, or can hide it behind an escape, or stands for the base itself.</remarks>
    internal bool MayBeOfTheHub(string topic)
    {
        var text = topic.AsSpan().TrimStart(' ');
        if (text.StartsWith("http", StringComparison.OrdinalIgnoreCase) && Url.SchemeLength(text) is var length and > 0)
        {
            // "http:?a" is relative too.
            text = text[(length + 1)..];
            if (text is not ['/' or '\\', '/' or '\\', ..]) return true;
        }
        return text.IsEmpty || text[0] is '?' or '#' || text.Contains('%') || text.Contains(_url.Path.AsSpan(_url.Path.LastIndexOf('/') + 1), StringComparison.Ordinal);
    }

    // RFC 3986, section 6.2.2.2.
    private static string DecodedUnreserved(string path)
    {
        if (!path.Contains('%')) return path;
        var decoded = new System.Text.StringBuilder(path.Length);
        for (var i = 0; i < path.Length; i++)
        {
            if (path[i] == '%' && i + 2 < path.Length && char.IsAsciiHexDigit(path[i + 1]) && char.IsAsciiHexDigit(path[i + 2])
                && (char)Convert.FromHexString(path.AsSpan(i + 1, 2))[0] is var c && (char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '_' or '~'))
            {
                decoded.Append(c);
                i += 2;
            }
            else decoded.Append(path[i]);
        }
        return decoded.ToString();
    }

    private sealed record Resolved(string Topic, Url? Url);
}
