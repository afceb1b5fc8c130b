using System.CommandLine.Parsing;
using System.Globalization;

namespace Fonte.Server;

/// <summary>Points in time as RFC 3339 has them, such as <c>2026-05-01T12:00:00Z</c>.</summary>
internal static class Times
{
    // The offset must be there: whose clock would it be otherwise?
    private static readonly string[] Formats = ["yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFzzz"];

    internal static DateTimeOffset? Parse(ArgumentResult result)
    {
        if (DateTimeOffset.TryParseExact(OptionErrors.Text(result), Formats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)) return time;
        result.Refuse("is not a time; write it like 2026-05-01T12:00:00Z or 2026-05-01T14:00:00+02:00.");
        return null;
    }
}
