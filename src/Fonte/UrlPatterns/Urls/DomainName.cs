using System.Text;

namespace Fonte.UrlPatterns;

/// <summary>Domains as ASCII (WHATWG URL, "domain to ASCII"; RFC 3492).</summary>
/// <remarks>
/// Of the mapping of UTS 46 only what needs no tables: lower case, full-width forms and the ideographic full stops. Nothing is normalized; both sides of a match are treated
/// alike, so a host written in another form matches less and never more.
/// </remarks>
internal static class DomainName
{
    private const int Base = 36;
    private const int Damp = 700;
    private const int InitialN = 128;
    private const int InitialBias = 72;
    private const int LongestLabel = 256;

    /// <summary>The domain as ASCII, or <see langword="null"/> if it has none.</summary>
    internal static string? ToAscii(string domain)
    {
        if (Ascii.IsValid(domain)) return IsPlain(domain) ? domain.ToLowerInvariant() : LabelsToAscii(domain.ToLowerInvariant());
        var mapped = new StringBuilder(domain.Length);
        foreach (var rune in domain.EnumerateRunes())
        {
            if (rune == Rune.ReplacementChar) return null;
            mapped.Append(Map(rune).ToString());
        }
        return LabelsToAscii(mapped.ToString());
    }

    private static bool IsPlain(string domain) => !domain.Contains("xn--", StringComparison.OrdinalIgnoreCase);

    private static Rune Map(Rune rune) => rune.Value switch
    {
        0x3002 or 0xFF0E or 0xFF61 => new('.'),
        >= 0xFF01 and <= 0xFF5E => Rune.ToLowerInvariant(new(rune.Value - 0xFEE0)),
        _ => Rune.ToLowerInvariant(rune),
    };

    private static string? LabelsToAscii(string domain)
    {
        var labels = domain.Split('.');
        for (var i = 0; i < labels.Length; i++)
        {
            if (Ascii.IsValid(labels[i]))
            {
                if (labels[i].StartsWith("xn--", StringComparison.Ordinal) && !IsPunycode(labels[i].AsSpan(4))) return null;
            }
            else if (Encode(labels[i]) is { } encoded) labels[i] = "xn--" + encoded;
            else return null;
        }
        return string.Join('.', labels);
    }

    // RFC 3492, section 6.2, without keeping what it decodes to: only whether it does, and to more than ASCII.
    private static bool IsPunycode(ReadOnlySpan<char> label)
    {
        var delimiter = label.LastIndexOf('-');
        var count = Math.Max(0, delimiter);
        var rest = label[(delimiter + 1)..];
        if (rest.IsEmpty) return false;
        var (n, bias, i) = ((long)InitialN, InitialBias, 0L);
        while (!rest.IsEmpty)
        {
            var before = i;
            var weight = 1L;
            for (var k = Base; ; k += Base)
            {
                if (rest.IsEmpty || DigitOf(rest[0]) is not { } digit) return false;
                rest = rest[1..];
                i += digit * weight;
                if (i > int.MaxValue) return false;
                var threshold = Math.Clamp(k - bias, 1, 26);
                if (digit < threshold) break;
                weight *= Base - threshold;
                if (weight > int.MaxValue) return false;
            }
            count++;
            bias = Adapt(i - before, count, before == 0);
            n += i / count;
            i = (i % count) + 1;
            if (!Rune.IsValid((int)Math.Min(n, int.MaxValue))) return false;
        }
        return true;
    }

    // RFC 3492, section 6.3.
    private static string? Encode(string label)
    {
        // Its time grows with the square, and no name has labels above 63 (RFC 1035, section 2.3.4).
        if (label.Length > LongestLabel) return null;
        var points = label.EnumerateRunes().Select(rune => rune.Value).ToArray();
        var output = new StringBuilder();
        foreach (var point in points)
        {
            if (point < InitialN) output.Append((char)point);
        }
        var handled = output.Length;
        var basic = handled;
        if (basic > 0) output.Append('-');
        var (n, delta, bias) = (InitialN, 0L, InitialBias);
        while (handled < points.Length)
        {
            var next = int.MaxValue;
            foreach (var point in points)
            {
                if (point >= n && point < next) next = point;
            }
            delta += (long)(next - n) * (handled + 1);
            if (delta > int.MaxValue) return null;
            n = next;
            foreach (var point in points)
            {
                if (point < n) delta++;
                if (point != n) continue;
                AppendNumber(output, delta, bias);
                bias = Adapt(delta, handled + 1, handled == basic);
                delta = 0;
                handled++;
            }
            delta++;
            n++;
        }
        return output.ToString();
    }

    private static void AppendNumber(StringBuilder output, long number, int bias)
    {
        for (var k = Base; ; k += Base)
        {
            var threshold = Math.Clamp(k - bias, 1, 26);
            if (number < threshold) break;
            output.Append(CharOf(threshold + (int)((number - threshold) % (Base - threshold))));
            number = (number - threshold) / (Base - threshold);
        }
        output.Append(CharOf((int)number));
    }

    private static int Adapt(long delta, int count, bool isFirst)
    {
        delta = isFirst ? delta / Damp : delta / 2;
        delta += delta / count;
        var k = 0;
        for (; delta > 455; k += Base) delta /= Base - 1;
        return k + (int)(Base * delta / (delta + 38));
    }

    private static char CharOf(int digit) => (char)(digit < 26 ? 'a' + digit : '0' + digit - 26);

    private static int? DigitOf(char c) => c switch
    {
        >= 'a' and <= 'z' => c - 'a',
        >= '0' and <= '9' => c - '0' + 26,
        _ => null,
    };
}
