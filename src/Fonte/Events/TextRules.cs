using System.Globalization;
using System.Text;

namespace Fonte;

/// <summary>The characters that may stand in topics, IDs, types and matchers (Mercure draft -08, "Terminology").</summary>
internal static class TextRules
{
    /// <summary>
    /// Whether the text is valid Unicode without C0 and C1 controls, DEL and format characters (category Cf), which could forge
    /// lines of the event stream (CWE-93) or make two identifiers look alike (CWE-1007).
    /// </summary>
    internal static bool IsClean(ReadOnlySpan<char> text)
    {
        while (!text.IsEmpty)
        {
            if (text[0] is >= ' ' and < '\x7f')
            {
                text = text[1..];
                continue;
            }
            if (Rune.DecodeFromUtf16(text, out var rune, out var used) != System.Buffers.OperationStatus.Done) return false;
            if (Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format) return false;
            text = text[used..];
        }
        return true;
    }
}
