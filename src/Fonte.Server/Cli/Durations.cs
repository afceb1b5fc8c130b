using System.CommandLine.Parsing;
using System.Globalization;

namespace Fonte.Server;

/// <summary>Durations as people type them: <c>500ms</c>, <c>15s</c>, <c>15</c> (seconds), <c>2m</c>, <c>1h</c>, <c>30d</c> or <c>00:00:15</c>.</summary>
internal static class Durations
{
    private static readonly double MostSeconds = TimeSpan.MaxValue.TotalSeconds / 2;

    internal static TimeSpan? Parse(ArgumentResult result)
    {
        if (TryParse(OptionErrors.Text(result), out var duration)) return duration;
        result.Refuse("is not a duration; write it like 500ms, 15s, 2m, 1h or 30d.");
        return null;
    }

    internal static bool TryParse(string text, out TimeSpan duration)
    {
        if (text.Contains(':')) return TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out duration);
        var (digits, unit) =
            text.EndsWith("ms", StringComparison.Ordinal) ? (text[..^2], TimeSpan.FromMilliseconds(1))
            : text.EndsWith('s') ? (text[..^1], TimeSpan.FromSeconds(1))
            : text.EndsWith('m') ? (text[..^1], TimeSpan.FromMinutes(1))
            : text.EndsWith('h') ? (text[..^1], TimeSpan.FromHours(1))
            : text.EndsWith('d') ? (text[..^1], TimeSpan.FromDays(1))
            : (text, TimeSpan.FromSeconds(1));
        duration = default;
        if (!double.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)) return false;
        // Written so that what is no number, which the parser takes whatever the style, is refused too.
        if (!(number >= 0 && unit.TotalSeconds * number <= MostSeconds)) return false;
        duration = unit * number;
        return true;
    }
}
