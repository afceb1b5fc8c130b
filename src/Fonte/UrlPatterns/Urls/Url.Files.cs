namespace Fonte.UrlPatterns;

/// <content>What URLs of files have of their own: drive letters, and hosts that may be missing.</content>
internal sealed partial class Url
{
    private static bool IsDriveLetter(ReadOnlySpan<char> text) => text is [_, ':' or '|'] && char.IsAsciiLetter(text[0]);

    private static bool StartsWithDriveLetter(ReadOnlySpan<char> text) => text.Length >= 2 && IsDriveLetter(text[..2]) && (text.Length == 2 || text[2] is '/' or '\\' or '?' or '#');

    private Url? ReadFile(ReadOnlySpan<char> rest, Url? baseUrl)
    {
        Host = "";
        if (!rest.IsEmpty && IsSlash(rest[0])) return ReadFileSlash(rest[1..], baseUrl);
        if (baseUrl is null) return ReadPath(rest, []);
        Host = baseUrl.Host;
        if (!StartsWithDriveLetter(rest)) return ReadBesides(rest, baseUrl);
        return ReadPath(rest, []);
    }

    private Url? ReadFileSlash(ReadOnlySpan<char> rest, Url? baseUrl)
    {
        if (rest.IsEmpty || !IsSlash(rest[0]))
        {
            var segments = new List<string>();
            if (baseUrl is not null)
            {
                Host = baseUrl.Host;
                if (!StartsWithDriveLetter(rest) && Segments(baseUrl.Path) is [[_, ':'] drive, ..] && IsDriveLetter(drive)) segments.Add(drive);
            }
            return ReadPath(rest, segments);
        }
        rest = rest[1..];
        var end = rest.IndexOfAny("/?#\\");
        var host = end < 0 ? rest : rest[..end];
        if (IsDriveLetter(host)) return ReadPath(rest, []);
        rest = end < 0 ? default : rest[end..];
        if (!host.IsEmpty)
        {
            if ((Host = UrlHost.Parse(host, isSpecial: true)) is null) return null;
            if (Host == "localhost") Host = "";
        }
        return ReadPathStart(rest);
    }
}
