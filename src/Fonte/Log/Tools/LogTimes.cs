using System.Globalization;

namespace Fonte;

/// <summary>Times as the log keeps them, microseconds since 1970 UTC, and as RFC 3339 writes them.</summary>
internal static class LogTimes
{
    private const string Format = "yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'";
    private static readonly long Most = (DateTimeOffset.MaxValue - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
    private static readonly long Least = (DateTimeOffset.MinValue - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;

    // Clamped, because a damaged event may have any time.
    internal static DateTimeOffset FromMicroseconds(long microseconds) =>
        DateTimeOffset.UnixEpoch.AddTicks(Math.Clamp(microseconds, Least, Most) * TimeSpan.TicksPerMicrosecond);

    internal static long ToMicroseconds(DateTimeOffset time) => (time - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;

    internal static bool TryFormat(long microseconds, Span<char> text, out int written) =>
        FromMicroseconds(microseconds).TryFormat(text, out written, Format, CultureInfo.InvariantCulture);

    /// <summary>Reads a time of RFC 3339, which always says how far from UTC it is.</summary>
    internal static bool TryParse(string text, out long microseconds)
    {
        microseconds = 0;
        if (text.Length < 20 || text[10] is not ('T' or 't') || !char.IsAsciiDigit(text[0])) return false;
        if (text[^1] is not ('Z' or 'z') && text[^6] is not ('+' or '-')) return false;
        if (!DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)) return false;
        microseconds = ToMicroseconds(time);
        return true;
    }
}
