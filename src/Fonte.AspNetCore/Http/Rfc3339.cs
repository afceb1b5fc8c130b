using System.Buffers.Text;

namespace Fonte.AspNetCore;

/// <summary>Points in time as <c>2026-05-01T12:00:00.5+02:00</c> (RFC 3339, section 5.6).</summary>
internal static class Rfc3339
{
    private const int SecondsLength = 19;
    private const int MostFractionDigits = 7;

    /// <summary>
    /// Reads a time with its offset; fractions of a second up to 100 ns. A space stands for the <c>+</c> of the offset, because that is what a
    /// form or a query makes of it. A leap second is refused: no clock here counts it.
    /// </summary>
    internal static bool TryParse(ReadOnlySpan<byte> text, out DateTimeOffset time)
    {
        time = default;
        if (text.Length <= SecondsLength || !TryReadSeconds(text[..SecondsLength], out var local)) return false;
        var rest = text[SecondsLength..];
        if (!TryTakeFraction(ref rest, out var fraction) || !TryReadOffset(rest, out var offset)) return false;
        var ticks = local.Ticks + fraction - offset.Ticks;
        if (ticks < DateTime.MinValue.Ticks || ticks > DateTime.MaxValue.Ticks) return false;
        time = new(ticks, TimeSpan.Zero);
        return true;
    }

    private static bool TryReadSeconds(ReadOnlySpan<byte> text, out DateTime time)
    {
        time = default;
        if (text[4] != '-' || text[7] != '-' || (text[10] | 0x20) != 't' || text[13] != ':' || text[16] != ':') return false;
        if (!TryReadDigits(text[..4], out var year) || !TryReadDigits(text[5..7], out var month) || !TryReadDigits(text[8..10], out var day)
            || !TryReadDigits(text[11..13], out var hour) || !TryReadDigits(text[14..16], out var minute) || !TryReadDigits(text[17..], out var second)) return false;
        if (year < 1 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month) || hour > 23 || minute > 59 || second > 59) return false;
        time = new(year, month, day, hour, minute, second, DateTimeKind.Utc);
        return true;
    }

    private static bool TryTakeFraction(ref ReadOnlySpan<byte> rest, out long ticks)
    {
        ticks = 0;
        if (rest[0] != '.') return true;
        var length = rest[1..].IndexOfAnyExceptInRange((byte)'0', (byte)'9');
        if (length is < 1 or > MostFractionDigits || !TryReadDigits(rest.Slice(1, length), out var digits)) return false;
        ticks = digits;
        for (var i = length; i < MostFractionDigits; i++) ticks *= 10;
        rest = rest[(length + 1)..];
        return true;
    }

    private static bool TryReadOffset(ReadOnlySpan<byte> rest, out TimeSpan offset)
    {
        offset = default;
        if (rest.Length == 1) return (rest[0] | 0x20) == 'z';
        if (rest.Length != 6 || rest[0] is not ((byte)'+' or (byte)' ' or (byte)'-') || rest[3] != ':') return false;
        if (!TryReadDigits(rest[1..3], out var hours) || !TryReadDigits(rest[4..], out var minutes) || hours > 23 || minutes > 59) return false;
        offset = new TimeSpan(hours, minutes, 0) * (rest[0] == '-' ? -1 : 1);
        return true;
    }

    private static bool TryReadDigits(ReadOnlySpan<byte> text, out int number)
    {
        number = 0;
        return !text.ContainsAnyExceptInRange((byte)'0', (byte)'9') && Utf8Parser.TryParse(text, out number, out var used) && used == text.Length;
    }
}
