using System.Buffers;
using System.Globalization;

namespace Fonte.UrlPatterns;

/// <summary>A URL in its parts, as browsers take it apart (WHATWG URL, "URL representation" and "URL parsing").</summary>
/// <remarks><see cref="System.Uri"/> follows RFC 3986, and differs in what patterns are about: backslashes, dots, hosts, opaque paths.</remarks>
internal sealed partial class Url
{
    private static readonly SearchValues<char> TabsAndNewlines = SearchValues.Create("\t\n\r");

    internal string Scheme { get; private init; } = "";

    internal string Username { get; private set; } = "";

    internal string Password { get; private set; } = "";

    /// <summary>As it is written, an IPv6 address in brackets; <see langword="null"/> when there is none, which is not the same as an empty one.</summary>
    internal string? Host { get; private set; }

    /// <summary><see langword="null"/> when it is the scheme's default, or there is none.</summary>
    internal int? Port { get; private set; }

    internal string PortText => Port?.ToString(CultureInfo.InvariantCulture) ?? "";

    /// <summary>With its leading slash, unless it is opaque or empty.</summary>
    internal string Path { get; private set; } = "";

    /// <summary>Whether the path is text without segments, as in <c>urn:a:b</c>.</summary>
    internal bool HasOpaquePath { get; private set; }

    /// <summary>Without its question mark; <see langword="null"/> when there is none.</summary>
    internal string? Query { get; private set; }

    /// <summary>Without its number sign; <see langword="null"/> when there is none.</summary>
    internal string? Fragment { get; private set; }

    private bool IsSpecial => IsSpecialScheme(Scheme);

    private bool IsFile => Scheme == "file";

    internal static bool IsSpecialScheme(string scheme) => scheme is "http" or "https" or "ws" or "wss" or "ftp" or "file";

    internal static int? DefaultPort(string scheme) => scheme switch
    {
        "http" or "ws" => 80,
        "https" or "wss" => 443,
        "ftp" => 21,
        _ => null,
    };

    /// <summary>Takes a URL apart, or returns <see langword="null"/> when it is none.</summary>
    /// <param name="text">A URL, or a reference that is resolved against the base.</param>
    /// <param name="baseUrl">The base, or <see langword="null"/>.</param>
    internal static Url? Parse(string text, Url? baseUrl = null)
    {
        var input = text.AsSpan();
        while (!input.IsEmpty && input[0] <= ' ') input = input[1..];
        while (!input.IsEmpty && input[^1] <= ' ') input = input[..^1];
        if (input.ContainsAny(TabsAndNewlines)) input = Cleaned(input);
        return SchemeLength(input) is var length and > 0
            ? WithScheme(input[..length].ToString().ToLowerInvariant(), input[(length + 1)..], baseUrl)
            : WithoutScheme(input, baseUrl);
    }

    /// <summary>The text without tabs and line ends, which a URL is read without.</summary>
    internal static string Cleaned(ReadOnlySpan<char> text) => text.ContainsAny(TabsAndNewlines) ? string.Concat(text.ToString().Split('\t', '\n', '\r')) : text.ToString();

    /// <summary>The path as it stands in an https URL: without dots, encoded. What looks like a query or a fragment is encoded too.</summary>
    /// <param name="path">Begins with a slash.</param>
    internal static string OfPath(string path)
    {
        var segments = new List<string>();
        var url = new Url { Scheme = "https" };
        var rest = Cleaned(path).AsSpan(1);
        while (true)
        {
            var length = rest.IndexOfAny('/', '\\');
            url.AddSegment(segments, PercentEncode.Encode(length < 0 ? rest : rest[..length], PercentEncode.Path), goesOn: length >= 0);
            if (length < 0) return "/" + string.Join('/', segments);
            rest = rest[(length + 1)..];
        }
    }

    /// <summary>The length of the scheme before its colon, or 0.</summary>
    internal static int SchemeLength(ReadOnlySpan<char> text)
    {
        if (text.IsEmpty || !char.IsAsciiLetter(text[0])) return 0;
        var length = 1;
        while (length < text.Length && (char.IsAsciiLetterOrDigit(text[length]) || text[length] is '+' or '-' or '.')) length++;
        return length < text.Length && text[length] == ':' ? length : 0;
    }

    private static Url? WithScheme(string scheme, ReadOnlySpan<char> rest, Url? baseUrl)
    {
        var url = new Url { Scheme = scheme };
        if (scheme == "file") return url.ReadFile(rest, baseUrl is { IsFile: true } ? baseUrl : null);
        if (url.IsSpecial)
        {
            return baseUrl?.Scheme == scheme && rest is not ['/', '/', ..] ? url.ReadRelative(rest, baseUrl) : url.ReadAuthority(WithoutSlashes(rest));
        }
        if (rest is ['/', '/', ..]) return url.ReadAuthority(rest[2..]);
        return rest.StartsWith('/') ? url.ReadPath(rest[1..], []) : url.ReadOpaquePath(rest);
    }

    private static Url? WithoutScheme(ReadOnlySpan<char> input, Url? baseUrl)
    {
        if (baseUrl is null) return null;
        var url = new Url { Scheme = baseUrl.Scheme };
        if (baseUrl.HasOpaquePath)
        {
            if (!input.StartsWith('#')) return null;
            (url.Host, url.Path, url.HasOpaquePath, url.Query) = (baseUrl.Host, baseUrl.Path, true, baseUrl.Query);
            return url.ReadEnd(input);
        }
        return url.IsFile ? url.ReadFile(input, baseUrl) : url.ReadRelative(input, baseUrl);
    }

    private static ReadOnlySpan<char> WithoutSlashes(ReadOnlySpan<char> text) => text.TrimStart("/\\");

    private bool IsSlash(char c) => c == '/' || (c == '\\' && IsSpecial);

    private Url? ReadRelative(ReadOnlySpan<char> rest, Url baseUrl)
    {
        if (!rest.IsEmpty && IsSlash(rest[0]))
        {
            if (rest.Length > 1 && IsSlash(rest[1])) return ReadAuthority(IsSpecial ? WithoutSlashes(rest) : rest[2..]);
            CopyAuthority(baseUrl);
            return ReadPath(rest[1..], []);
        }
        CopyAuthority(baseUrl);
        return ReadBesides(rest, baseUrl);
    }

    // What stands beside the last segment of the base: another in its place, another query, another fragment.
    private Url ReadBesides(ReadOnlySpan<char> rest, Url baseUrl)
    {
        (Path, Query) = (baseUrl.Path, baseUrl.Query);
        if (rest.IsEmpty || rest[0] is '?' or '#') return ReadEnd(rest);
        Query = null;
        var segments = Segments(baseUrl.Path);
        Shorten(segments);
        return ReadPath(rest, segments);
    }

    private void CopyAuthority(Url baseUrl) => (Username, Password, Host, Port) = (baseUrl.Username, baseUrl.Password, baseUrl.Host, baseUrl.Port);

    private Url? ReadAuthority(ReadOnlySpan<char> rest)
    {
        var end = IsSpecial ? rest.IndexOfAny("/?#\\") : rest.IndexOfAny("/?#");
        var authority = end < 0 ? rest : rest[..end];
        rest = end < 0 ? default : rest[end..];
        var at = authority.LastIndexOf('@');
        if (at >= 0)
        {
            var info = authority[..at];
            var colon = info.IndexOf(':');
            Username = PercentEncode.Encode(colon < 0 ? info : info[..colon], PercentEncode.UserInfo);
            if (colon >= 0) Password = PercentEncode.Encode(info[(colon + 1)..], PercentEncode.UserInfo);
            authority = authority[(at + 1)..];
            if (authority.IsEmpty) return null;
        }
        var port = PortColon(authority);
        var host = port < 0 ? authority : authority[..port];
        if (host.IsEmpty && (IsSpecial || port >= 0)) return null;
        if ((Host = UrlHost.Parse(host, IsSpecial)) is null) return null;
        return port >= 0 && !TryReadPort(authority[(port + 1)..]) ? null : ReadPathStart(rest);
    }

    private static int PortColon(ReadOnlySpan<char> authority)
    {
        var isInBrackets = false;
        for (var i = 0; i < authority.Length; i++)
        {
            if (authority[i] == '[') isInBrackets = true;
            else if (authority[i] == ']') isInBrackets = false;
            else if (authority[i] == ':' && !isInBrackets) return i;
        }
        return -1;
    }

    private bool TryReadPort(ReadOnlySpan<char> text)
    {
        if (text.ContainsAnyExceptInRange('0', '9')) return false;
        var port = 0;
        foreach (var c in text)
        {
            port = (port * 10) + c - '0';
            if (port > ushort.MaxValue) return false;
        }
        Port = text.IsEmpty || port == DefaultPort(Scheme) ? null : port;
        return true;
    }

    private Url ReadPathStart(ReadOnlySpan<char> rest)
    {
        if (!rest.IsEmpty && IsSlash(rest[0])) return ReadPath(rest[1..], []);
        return IsSpecial ? ReadPath(rest, []) : ReadEnd(rest);
    }

    // The slash before the first segment is read already.
    private Url ReadPath(ReadOnlySpan<char> rest, List<string> segments)
    {
        while (true)
        {
            var length = IsSpecial ? rest.IndexOfAny("/?#\\") : rest.IndexOfAny("/?#");
            var segment = length < 0 ? rest : rest[..length];
            rest = length < 0 ? default : rest[length..];
            var goesOn = !rest.IsEmpty && IsSlash(rest[0]);
            AddSegment(segments, PercentEncode.Encode(segment, PercentEncode.Path), goesOn);
            if (!goesOn) break;
            rest = rest[1..];
        }
        Path = "/" + string.Join('/', segments);
        return ReadEnd(rest);
    }

    private void AddSegment(List<string> segments, string segment, bool goesOn)
    {
        if (IsDoubleDot(segment))
        {
            Shorten(segments);
            if (!goesOn) segments.Add("");
        }
        else if (IsDot(segment))
        {
            if (!goesOn) segments.Add("");
        }
        else
        {
            segments.Add(IsFile && segments.Count == 0 && IsDriveLetter(segment) ? $"{segment[0]}:" : segment);
        }
    }

    internal static bool IsDot(ReadOnlySpan<char> segment) => segment is "." || segment.Equals("%2e", StringComparison.OrdinalIgnoreCase);

    internal static bool IsDoubleDot(ReadOnlySpan<char> segment) =>
        segment is ".." || segment.Equals(".%2e", StringComparison.OrdinalIgnoreCase) || segment.Equals("%2e.", StringComparison.OrdinalIgnoreCase)
        || segment.Equals("%2e%2e", StringComparison.OrdinalIgnoreCase);

    private void Shorten(List<string> segments)
    {
        if (segments.Count == 0 || (IsFile && segments is [[_, ':'] only] && IsDriveLetter(only))) return;
        segments.RemoveAt(segments.Count - 1);
    }

    private static List<string> Segments(string path) => path.Length == 0 ? [] : [.. path[1..].Split('/')];

    private Url ReadOpaquePath(ReadOnlySpan<char> rest)
    {
        HasOpaquePath = true;
        var end = rest.IndexOfAny('?', '#');
        var path = end < 0 ? rest : rest[..end];
        Path = PercentEncode.Encode(path, PercentEncode.C0Control);
        // A space at its end would be lost when the URL is read again.
        if (end >= 0 && Path.EndsWith(' ')) Path = Path[..^1] + "%20";
        return ReadEnd(end < 0 ? default : rest[end..]);
    }

    private Url ReadEnd(ReadOnlySpan<char> rest)
    {
        var number = rest.IndexOf('#');
        if (number >= 0)
        {
            Fragment = PercentEncode.Encode(rest[(number + 1)..], PercentEncode.Fragment);
            rest = rest[..number];
        }
        if (rest.StartsWith('?')) Query = PercentEncode.Encode(rest[1..], IsSpecial ? PercentEncode.SpecialQuery : PercentEncode.Query);
        return this;
    }
}
