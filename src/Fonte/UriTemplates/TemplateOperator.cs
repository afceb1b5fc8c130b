namespace Fonte.UriTemplates;

/// <summary>How an operator writes its variables (RFC 6570, appendix A).</summary>
/// <param name="First">What stands before the first.</param>
/// <param name="Separator">What stands between two.</param>
/// <param name="IsNamed">Whether each has its name before it.</param>
/// <param name="AllowsReserved">Whether reserved characters stand for themselves.</param>
/// <param name="KeepsEquals">Whether a name that has an empty value keeps its equals sign.</param>
internal sealed record TemplateOperator(string First, string Separator, bool IsNamed = false, bool AllowsReserved = false, bool KeepsEquals = false)
{
    private static readonly TemplateOperator Simple = new("", ",");
    private static readonly Dictionary<char, TemplateOperator> Known = new()
    {
        ['+'] = new("", ",", AllowsReserved: true),
        ['#'] = new("#", ",", AllowsReserved: true),
        ['.'] = new(".", "."),
        ['/'] = new("/", "/"),
        [';'] = new(";", ";", IsNamed: true),
        ['?'] = new("?", "&", IsNamed: true, KeepsEquals: true),
        ['&'] = new("&", "&", IsNamed: true, KeepsEquals: true),
    };

    /// <summary>Takes the operator from an expression, where there is one.</summary>
    internal static TemplateOperator Of(ref ReadOnlySpan<char> expression)
    {
        if (expression.IsEmpty || !Known.TryGetValue(expression[0], out var found)) return Simple;
        expression = expression[1..];
        return found;
    }
}

/// <summary>A variable of an expression (RFC 6570, section 2.3).</summary>
/// <param name="Name">Its name.</param>
/// <param name="MaxLength">Most characters of its value, 0 for any number.</param>
/// <param name="Explode">Whether each of its values stands by itself.</param>
internal readonly record struct TemplateVariable(string Name, int MaxLength, bool Explode)
{
    private const int LongestPrefix = 9999;

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
            prefix = Math.Min(LongestPrefix, int.Parse(digits, System.Globalization.CultureInfo.InvariantCulture));
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
