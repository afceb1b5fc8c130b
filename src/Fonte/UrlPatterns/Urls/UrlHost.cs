using System.Buffers;
using System.Globalization;
using System.Text;

namespace Fonte.UrlPatterns;

/// <summary>The host parser and serializer in one (WHATWG URL, "Host parsing").</summary>
internal static class UrlHost
{
    private static readonly SearchValues<char> ForbiddenInHost = SearchValues.Create("\0\t\n\r #/:<>?@[\\]^|");
    private static readonly SearchValues<char> ForbiddenInDomain = SearchValues.Create(
        "\0\u0001\u0002\u0003\u0004\u0005\u0006\a\b\t\n\v\f\r\u000e\u000f\u0010\u0011\u0012\u0013\u0014\u0015\u0016\u0017\u0018\u0019\u001a\u001b\u001c\u001d\u001e\u001f #/:<>?@[\\]^|%\u007f");

    /// <summary>The host as it is written in a URL, or <see langword="null"/> if it is none.</summary>
    internal static string? Parse(ReadOnlySpan<char> text, bool isSpecial)
    {
        if (text.StartsWith('[')) return text.Length > 2 && text[^1] == ']' && Ipv6.Parse(text[1..^1]) is { } address ? $"[{address}]" : null;
        if (!isSpecial) return text.ContainsAny(ForbiddenInHost) ? null : PercentEncode.Encode(text, PercentEncode.C0Control);
        var domain = DomainName.ToAscii(PercentEncode.Decode(text));
        if (string.IsNullOrEmpty(domain) || domain.AsSpan().ContainsAny(ForbiddenInDomain)) return null;
        return EndsInNumber(domain) ? Ipv4(domain) : domain;
    }

    private static bool EndsInNumber(ReadOnlySpan<char> domain)
    {
        if (domain.EndsWith('.')) domain = domain[..^1];
        var last = domain[(domain.LastIndexOf('.') + 1)..];
        if (last.IsEmpty) return false;
        return !last.ContainsAnyExceptInRange('0', '9') || (last.Length >= 2 && last[0] == '0' && (last[1] | 0x20) == 'x' && IsHex(last[2..]));
    }

    // One to four numbers, each decimal, octal (0) or hexadecimal (0x); the last stands for all bytes that are left.
    private static string? Ipv4(string domain)
    {
        var parts = domain.Split('.');
        var count = parts.Length > 1 && parts[^1].Length == 0 ? parts.Length - 1 : parts.Length;
        if (count > 4) return null;
        ulong address = 0;
        for (var i = 0; i < count; i++)
        {
            if (Number(parts[i]) is not { } number) return null;
            var isLast = i == count - 1;
            if (number > (isLast ? (1UL << (8 * (5 - count))) - 1 : 255)) return null;
            address |= isLast ? number : number << (8 * (3 - i));
        }
        return string.Create(CultureInfo.InvariantCulture, $"{address >> 24}.{(address >> 16) & 255}.{(address >> 8) & 255}.{address & 255}");
    }

    private static ulong? Number(ReadOnlySpan<char> text)
    {
        if (text.IsEmpty) return null;
        var radix = 10u;
        if (text.Length >= 2 && text[0] == '0')
        {
            radix = (text[1] | 0x20) == 'x' ? 16u : 8u;
            text = radix == 16 ? text[2..] : text[1..];
        }
        ulong number = 0;
        foreach (var c in text)
        {
            if (!char.IsAsciiHexDigit(c)) return null;
            var digit = (uint)(char.IsAsciiDigit(c) ? c - '0' : (c | 0x20) - 'a' + 10);
            if (digit >= radix) return null;
            // More than an address has is too much, however much more.
            number = Math.Min((number * radix) + digit, uint.MaxValue + 1UL);
        }
        return number;
    }

    private static bool IsHex(ReadOnlySpan<char> text)
    {
        foreach (var c in text)
        {
            if (!char.IsAsciiHexDigit(c)) return false;
        }
        return true;
    }
}

/// <summary>The IPv6 parser and serializer (WHATWG URL, "Host parsing"; RFC 5952).</summary>
internal static class Ipv6
{
    internal static string? Parse(ReadOnlySpan<char> text)
    {
        Span<ushort> pieces = stackalloc ushort[8];
        pieces.Clear();
        var (piece, compress, at) = (0, -1, 0);
        if (text.StartsWith(':'))
        {
            if (text is not [':', ':', ..]) return null;
            (at, piece, compress) = (2, 1, 1);
        }
        while (at < text.Length)
        {
            if (piece == 8) return null;
            if (text[at] == ':')
            {
                if (compress >= 0) return null;
                at++;
                compress = ++piece;
                continue;
            }
            var (value, length) = (0, 0);
            for (; length < 4 && at < text.Length && char.IsAsciiHexDigit(text[at]); length++, at++) value = (value * 16) + int.Parse(text.Slice(at, 1), NumberStyles.HexNumber, null);
            if (at < text.Length && text[at] == '.')
            {
                if (length == 0 || piece > 6 || !TryIpv4(text[(at - length)..], pieces[piece..])) return null;
                piece += 2;
                at = text.Length;
                break;
            }
            if (at < text.Length)
            {
                if (text[at] != ':' || ++at == text.Length) return null;
            }
            pieces[piece++] = (ushort)value;
        }
        if (compress < 0 && piece != 8) return null;
        if (compress >= 0)
        {
            // What follows "::" belongs at the end.
            for (int swaps = piece - compress, to = 7; to != 0 && swaps > 0; swaps--, to--) (pieces[to], pieces[compress + swaps - 1]) = (pieces[compress + swaps - 1], pieces[to]);
        }
        return Write(pieces);
    }

    private static bool TryIpv4(ReadOnlySpan<char> text, Span<ushort> pieces)
    {
        var numbers = 0;
        while (true)
        {
            var length = 0;
            var value = 0;
            for (; length < text.Length && char.IsAsciiDigit(text[length]); length++)
            {
                if (length > 0 && value == 0) return false;
                value = (value * 10) + text[length] - '0';
                if (value > 255) return false;
            }
            if (length == 0) return false;
            pieces[numbers / 2] = (ushort)((pieces[numbers / 2] << 8) | value);
            text = text[length..];
            if (++numbers == 4) return text.IsEmpty;
            if (!text.StartsWith('.')) return false;
            text = text[1..];
        }
    }

    private static string Write(ReadOnlySpan<ushort> pieces)
    {
        var (start, most) = (-1, 1);
        for (var i = 0; i < 8; i++)
        {
            var length = 0;
            while (i + length < 8 && pieces[i + length] == 0) length++;
            if (length > most) (start, most) = (i, length);
            i += length;
        }
        var text = new StringBuilder();
        for (var i = 0; i < 8; i++)
        {
            if (i == start)
            {
                text.Append(i == 0 ? "::" : ":");
                i += most - 1;
                continue;
            }
            text.Append(pieces[i].ToString("x", null));
            if (i < 7) text.Append(':');
        }
        return text.ToString();
    }
}
