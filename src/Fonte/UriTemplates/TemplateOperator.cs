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
