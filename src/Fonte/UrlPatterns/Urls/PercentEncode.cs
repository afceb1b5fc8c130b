using System.Buffers;
using System.Text;

namespace Fonte.UrlPatterns;

/// <summary>The percent-encode sets (WHATWG URL, "Percent-encoded bytes"), and encoding with them.</summary>
internal static class PercentEncode
{
    internal static readonly EncodeSet C0Control = new("");
    internal static readonly EncodeSet Fragment = new(" \"<>`");
    internal static readonly EncodeSet Query = new(" \"#<>");
    internal static readonly EncodeSet SpecialQuery = new(" \"#<>'");
    internal static readonly EncodeSet Path = new(" \"#<>?^`{}");
    internal static readonly EncodeSet UserInfo = new(" \"#<>?^`{}/:;=@[\\]|");

    /// <summary>Encodes as UTF-8 what is in the set; a lone surrogate becomes U+FFFD.</summary>
    internal static string Encode(ReadOnlySpan<char> text, EncodeSet set)
    {
        if (!text.ContainsAnyExcept(set.Kept)) return text.ToString();
        var encoded = new StringBuilder(text.Length + 16);
        Span<byte> bytes = stackalloc byte[4];
        foreach (var rune in text.EnumerateRunes())
        {
            if (rune.IsAscii && set.Kept.Contains((char)rune.Value)) encoded.Append((char)rune.Value);
            else foreach (var value in bytes[..rune.EncodeToUtf8(bytes)]) encoded.Append('%').Append(value.ToString("X2", null));
        }
        return encoded.ToString();
    }

    /// <summary>Decodes to bytes, and those as UTF-8; what is not valid becomes U+FFFD.</summary>
    internal static string Decode(ReadOnlySpan<char> text)
    {
        if (!text.Contains('%')) return text.ToString();
        var bytes = new byte[Encoding.UTF8.GetMaxByteCount(text.Length)];
        var length = Encoding.UTF8.GetBytes(text, bytes);
        var end = 0;
        for (var i = 0; i < length; i++, end++)
        {
            var isEncoded = bytes[i] == '%' && i + 2 < length && char.IsAsciiHexDigit((char)bytes[i + 1]) && char.IsAsciiHexDigit((char)bytes[i + 2]);
            bytes[end] = isEncoded ? (byte)((Convert.FromHexString($"{(char)bytes[i + 1]}{(char)bytes[i + 2]}"))[0]) : bytes[i];
            if (isEncoded) i += 2;
        }
        return Encoding.UTF8.GetString(bytes, 0, end);
    }

    /// <summary>What is encoded: these, C0 controls, DEL and everything that is not ASCII.</summary>
    internal sealed class EncodeSet
    {
        internal EncodeSet(string encoded)
        {
            var kept = new StringBuilder();
            for (var c = ' '; c <= '~'; c++)
            {
                if (!encoded.Contains(c)) kept.Append(c);
            }
            Kept = SearchValues.Create(kept.ToString());
        }

        internal SearchValues<char> Kept { get; }
    }
}
