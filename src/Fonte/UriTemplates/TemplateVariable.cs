using System.Globalization;

namespace Fonte.UriTemplates;

/// <summary>A variable of an expression (RFC 6570, section 2.3).</summary>
/// <param name="Name">Its name.</param>
/// <param name="MaxLength">Most characters of its value, 0 for any number.</param>
/// <param name="Explode">Whether each of its values stands by itself.</param>
internal readonly record struct TemplateVariable(string Name, int MaxLength, bool Explode)
{
    /// <summary>Reads a variable, or returns null.</summary>
    internal static TemplateVariable? Of(ReadOnlySpan<char> text)
    {
        var explode = text.EndsWith("*");
        if (explode) text = text[..^1];
        var prefix = 0;
        if (!explode && text.IndexOf(':') is var colon and >= 0)
        {
            var digits = text[(colon + 1)..];
            if (digits.IsEmpty || digits[0] == '0' || digits.Length > 4 || digits.ContainsAnyExceptInRange('0', '9')) return null;
            prefix = int.Parse(digits, CultureInfo.InvariantCulture);
            text = text[..colon];
        }
        return IsName(text) ? new(text.ToString(), prefix, explode) : null;
    }

    private static bool IsName(ReadOnlySpan<char> text)
    {
        var mayHaveDot = false;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '.' && mayHaveDot && i + 1 < text.Length)
            {
                mayHaveDot = false;
                continue;
            }
            if (text[i] == '%' && UriTemplate.IsTriplet(text, i)) i += 2;
            else if (!char.IsAsciiLetterOrDigit(text[i]) && text[i] != '_') return false;
            mayHaveDot = true;
        }
        return text.Length > 0;
    }
}
