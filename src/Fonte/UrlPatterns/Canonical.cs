using Fonte.Programs;

namespace Fonte.UrlPatterns;

/// <summary>Brings the text of each component into the form that it has in a URL (WHATWG URL Pattern, "Encoding callbacks").</summary>
internal static class Canonical
{
    internal static string Protocol(string value)
    {
        if (value.Length == 0) return value;
        return Urls($"{value}://dummy.invalid/") is { } url ? url.Scheme : throw new PatternException("The protocol is none; it begins with a letter and goes on with letters, digits, +, - and dots.");
    }

    internal static string UserInfo(string value) => PercentEncode.Encode(value, PercentEncode.UserInfo);

    internal static string Hostname(string value)
    {
        if (value.Length == 0) return value;
        var text = Url.Cleaned(value);
        var end = EndOfHost(text);
        return UrlHost.Parse(text.AsSpan(0, end), isSpecial: true) ?? throw new PatternException("The host holds a character that no host has.");
    }

    internal static string Ipv6Hostname(string value)
    {
        foreach (var c in value)
        {
            if (!char.IsAsciiHexDigit(c) && c is not ('[' or ']' or ':')) throw new PatternException("The host begins with [ and is no IPv6 address.");
        }
        return value.ToLowerInvariant();
    }

    internal static string Port(string value) => Port(value, "");

    internal static string Port(string value, string protocol)
    {
        if (value.Length == 0) return value;
        var port = 0;
        var text = Url.Cleaned(value);
        var length = 0;
        for (; length < text.Length && char.IsAsciiDigit(text[length]); length++)
        {
            port = (port * 10) + text[length] - '0';
            if (port > ushort.MaxValue) throw new PatternException("The port is above 65535.");
        }
        if (length == 0) throw new PatternException("The port is no number.");
        return port == Url.DefaultPort(protocol) ? "" : port.ToString(System.Globalization.CultureInfo.InvariantCulture);
    }

    internal static string Pathname(string value)
    {
        if (value.Length == 0) return value;
        // Without its slash it would be read as part of the host, and its first dots would be lost.
        var isAbsolute = value[0] == '/';
        var path = Url.OfPath(isAbsolute ? value : "/-" + value);
        if (isAbsolute) return path;
        // ".." has taken away what was put before it too.
        return path.StartsWith("/-", StringComparison.Ordinal) ? path[2..] : throw new PatternException("The path leads above where it begins; leave out the dots.");
    }

    internal static string OpaquePathname(string value) => PercentEncode.Encode(Url.Cleaned(value), PercentEncode.C0Control);

    internal static string Search(string value) => PercentEncode.Encode(Url.Cleaned(value), PercentEncode.Query);

    internal static string Hash(string value) => PercentEncode.Encode(Url.Cleaned(value), PercentEncode.Fragment);

    private static Url? Urls(string text) => Url.Parse(text);

    // A host ends where a port, a path, a query or a fragment begins; in brackets a colon is part of it.
    private static int EndOfHost(string text)
    {
        var isInBrackets = false;
        for (var i = 0; i < text.Length; i++)
        {
            switch (text[i])
            {
                case '[': isInBrackets = true; break;
                case ']': isInBrackets = false; break;
                case ':' when !isInBrackets:
                    throw new PatternException("The host holds a colon; give the port by itself.");
                case '/' or '\\' or '?' or '#': return i;
            }
        }
        return text.Length;
    }
}
