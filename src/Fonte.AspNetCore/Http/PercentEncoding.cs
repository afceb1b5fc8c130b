namespace Fonte.AspNetCore;

/// <summary>Bytes written as <c>%XX</c>. A percent sign without two hexadecimal digits stands for itself (WHATWG URL, "percent-decode").</summary>
internal static class PercentEncoding
{
    /// <summary>Whether the text begins with an escaped byte.</summary>
    internal static bool IsEscape(ReadOnlySpan<byte> text) =>
        text.Length > 2 && text[0] == '%' && char.IsAsciiHexDigit((char)text[1]) && char.IsAsciiHexDigit((char)text[2]);

    /// <summary>The byte that the text begins with, where <see cref="IsEscape"/>.</summary>
    internal static byte ValueOf(ReadOnlySpan<byte> text) => (byte)((Hex(text[1]) << 4) | Hex(text[2]));

    private static int Hex(byte digit) => digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10;
}
