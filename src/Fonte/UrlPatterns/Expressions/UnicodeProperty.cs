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
        if (Classes(name) is { } prefix) return prefix == "LC" ? Where(c => char.IsLetter(c)) : Where(c => Short[(int)char.GetUnicodeCategory(c)][0] == prefix[0]);
        var category = Math.Max(Array.IndexOf(Short, Alias(name)), Array.IndexOf(Long, name));
        return category < 0 ? null : Where(c => (int)char.GetUnicodeCategory(c) == category);
    }

    private static string? Classes(string name) => name switch
    {
        "L" or "Letter" => "L",
        "LC" or "Cased_Letter" => "LC",
        "M" or "Mark" or "Combining_Mark" => "M",
        "N" or "Number" => "N",
        "P" or "Punctuation" or "punct" => "P",
        "S" or "Symbol" => "S",
        "Z" or "Separator" => "Z",
        "C" or "Other" => "C",
        _ => null,
    };

    private static string Alias(string name) => name switch
    {
        "digit" => "Nd",
        "cntrl" => "Cc",
        _ => name,
    };

    private static AsciiSet? Binary(string name) => name switch
    {
        "Any" or "ASCII" => AsciiSet.All,
        "Alphabetic" or "Alpha" => Where(char.IsLetter),
        "Uppercase" or "Upper" => Where(char.IsUpper),
        "Lowercase" or "Lower" => Where(char.IsLower),
        "White_Space" or "space" => Where(char.IsWhiteSpace),
        "ASCII_Hex_Digit" or "AHex" or "Hex_Digit" or "Hex" => Where(char.IsAsciiHexDigit),
        _ => null,
    };

    private static AsciiSet Where(Func<char, bool> predicate)
    {
        var set = AsciiSet.None;
        for (var c = 0; c < 128; c++)
        {
            if (predicate((char)c)) set |= AsciiSet.OfRange(c, c);
        }
        return set;
    }
}
