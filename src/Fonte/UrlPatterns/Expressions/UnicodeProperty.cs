using Fonte.Programs;

namespace Fonte.UrlPatterns;

/// <summary>The properties that <c>\p{ }</c> may name, of characters of ASCII: the general categories, and a few that ASCII can be told by (ECMA-262, "Table of binary Unicode property aliases").</summary>
internal static class UnicodeProperty
{
    // In the order of UnicodeCategory.
    private static readonly string[] Short =
    [
        "Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Mc", "Me", "Nd", "Nl", "No", "Zs", "Zl", "Zp", "Cc", "Cf", "Cs", "Co", "Pc", "Pd", "Ps", "Pe", "Pi", "Pf", "Po", "Sm", "Sc", "Sk", "So", "Cn",
    ];

    private static readonly string[] Long =
    [
        "Uppercase_Letter", "Lowercase_Letter", "Titlecase_Letter", "Modifier_Letter", "Other_Letter", "Nonspacing_Mark", "Spacing_Mark", "Enclosing_Mark", "Decimal_Number", "Letter_Number",
        "Other_Number", "Space_Separator", "Line_Separator", "Paragraph_Separator", "Control", "Format", "Surrogate", "Private_Use", "Connector_Punctuation", "Dash_Punctuation", "Open_Punctuation",
        "Close_Punctuation", "Initial_Punctuation", "Final_Punctuation", "Other_Punctuation", "Math_Symbol", "Currency_Symbol", "Modifier_Symbol", "Other_Symbol", "Unassigned",
    ];

    // Once, since a pattern may name many.
    private static readonly AsciiSet[] Categories = OfCategories();

    /// <summary>The characters that have the property, or <see langword="null"/> when it is not known.</summary>
    /// <param name="text">What stands between the braces.</param>
    internal static AsciiSet? Of(string text)
    {
        var equals = text.IndexOf('=');
        var value = text[(equals + 1)..];
        if (equals >= 0) return text[..equals] is "gc" or "General_Category" ? Category(value) : null;
        return Category(value) ?? Binary(value);
    }

    private static AsciiSet? Category(string name)
    {
        switch (name)
        {
            case "L" or "Letter": return OfClass('L');
            case "LC" or "Cased_Letter": return Categories[0] | Categories[1] | Categories[2];
            case "M" or "Mark" or "Combining_Mark": return OfClass('M');
            case "N" or "Number": return OfClass('N');
            case "P" or "Punctuation" or "punct": return OfClass('P');
            case "S" or "Symbol": return OfClass('S');
            case "Z" or "Separator": return OfClass('Z');
            case "C" or "Other": return OfClass('C');
            case "digit": return OfClass("Nd");
            case "cntrl": return OfClass("Cc");
        }
        var category = Math.Max(Array.IndexOf(Short, name), Array.IndexOf(Long, name));
        return category < 0 ? null : Categories[category];
    }

    private static AsciiSet? Binary(string name) => name switch
    {
        "Any" or "ASCII" => AsciiSet.All,
        "Alphabetic" or "Alpha" => OfClass('L'),
        "Uppercase" or "Upper" => OfClass("Lu"),
        "Lowercase" or "Lower" => OfClass("Ll"),
        "White_Space" or "space" => AsciiSet.Of("\t\n\v\f\r "),
        "ASCII_Hex_Digit" or "AHex" or "Hex_Digit" or "Hex" => AsciiSet.OfRange('0', '9') | AsciiSet.OfRange('A', 'F') | AsciiSet.OfRange('a', 'f'),
        _ => null,
    };

    private static AsciiSet OfClass(ReadOnlySpan<char> prefix)
    {
        var set = AsciiSet.None;
        for (var i = 0; i < Short.Length; i++)
        {
            if (Short[i].AsSpan().StartsWith(prefix)) set |= Categories[i];
        }
        return set;
    }

    private static AsciiSet OfClass(char first) => OfClass([first]);

    private static AsciiSet[] OfCategories()
    {
        var categories = new AsciiSet[Short.Length];
        for (var c = 0; c < 128; c++) categories[(int)char.GetUnicodeCategory((char)c)] |= AsciiSet.OfRange(c, c);
        return categories;
    }
}
