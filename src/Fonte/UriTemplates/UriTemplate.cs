using System.Buffers;
using System.Text;
using Fonte.UrlPatterns;

namespace Fonte.UriTemplates;

/// <summary>A URI Template (RFC 6570, all levels), the other way about: whether a text is an expansion of it. Immutable, thread-safe.</summary>
/// <remarks>
/// A text matches that some values of the variables expand to, each use of a variable taken for itself (section 1.4). Its time is linear in the text. Characters of
/// the template that are not ASCII match as they are, and percent-encoded as an expansion has them.
/// </remarks>
internal sealed class UriTemplate
{
    /// <summary>Stands for an expression where the literals are looked at; it is in no topic.</summary>
    private const char Anything = '\0';

    // RFC 6570, section 2.1, without what begins an expression or a triplet.
    private static readonly SearchValues<char> NotLiteral = SearchValues.Create("\"'<>\\^`|} ");

    // What is alive at a time while a topic is compared follows these (CWE-400).
    private const int MostVariables = 16;

    private readonly ComponentProgram _program;

    private UriTemplate(string text, ExpressionNode node, string literals)
    {
        Text = text;
        _program = ProgramWriter.Write(node, groups: 0, PatternOptions.Default);
        Segments = [.. literals.Split('/').Where(segment => segment.Length > 0 && !segment.Contains(Anything) && Ascii.IsValid(segment))];
    }

    /// <summary>As it was given.</summary>
    internal string Text { get; }

    /// <summary>What stands between slashes, or a slash and an end, in every text that matches.</summary>
    internal IReadOnlyList<string> Segments { get; }

    /// <summary>How many bytes it holds to match with.</summary>
    internal int Bytes => _program.Bytes;

    /// <summary>Reads a template; returns null for a text that is none.</summary>
    /// <exception cref="UrlPatternException">It is longer than templates may be.</exception>
    internal static UriTemplate? Parse(string text)
    {
        var nodes = new List<ExpressionNode>();
        var literals = new StringBuilder(text.Length);
        var variables = 0;
        for (var at = 0; at < text.Length;)
        {
            var open = text.IndexOf('{', at);
            var literal = open < 0 ? text[at..] : text[at..open];
            if (!IsLiteral(literal)) return null;
            AddLiteral(nodes, literal);
            literals.Append(literal);
            if (open < 0) break;
            var close = text.IndexOf('}', open);
            if (close < 0 || Expression(text.AsSpan(open + 1, close - open - 1)) is not { } expression) return null;
            nodes.Add(expression);
            variables += expression.Node is ListNode list ? list.Items.Count : 1;
            // What stands before is a whole segment if the expression is nothing or begins with a slash.
            literals.Append(BeginsSegment(text, open) ? "/" : "").Append(Anything);
            at = close + 1;
        }
        if (variables > MostVariables) throw new UrlPatternException($"Give at most {MostVariables} variables in one template.");
        try
        {
            return new(text, ExpressionNode.Sequence([.. nodes]), literals.ToString());
        }
        catch (UrlPatternException)
        {
            throw new UrlPatternException($"The expressions of the template become more than {ComponentProgram.MostCounted} instructions; use fewer variables, or shorter prefixes.");
        }
    }

    /// <summary>Whether the text is an expansion, or the template itself: so one template can be granted for another.</summary>
    internal bool IsMatch(string text) => _program.IsMatch(text) || text == Text;

    internal static bool IsTriplet(ReadOnlySpan<char> text, int at) => at + 2 < text.Length && char.IsAsciiHexDigit(text[at + 1]) && char.IsAsciiHexDigit(text[at + 2]);

    private static bool IsLiteral(ReadOnlySpan<char> text)
    {
        if (text.ContainsAny(NotLiteral)) return false;
        for (var i = text.IndexOf('%'); i >= 0 && i < text.Length; i++)
        {
            if (text[i] == '%' && !IsTriplet(text, i)) return false;
        }
        return true;
    }

    private static void AddLiteral(List<ExpressionNode> nodes, string literal)
    {
        for (var at = 0; at < literal.Length;)
        {
            var isAscii = char.IsAscii(literal[at]);
            var end = at;
            while (end < literal.Length && char.IsAscii(literal[end]) == isAscii) end++;
            var run = literal[at..end];
            nodes.Add(isAscii ? ExpressionNode.Literal(run) : ExpressionNode.Choice([ExpressionNode.Literal(run), ExpressionNode.Literal(Uri.EscapeDataString(run))]));
            at = end;
        }
    }

    private static CountedNode? Expression(ReadOnlySpan<char> text)
    {
        var by = TemplateOperator.Of(ref text);
        var variables = new List<ExpressionNode>();
        foreach (var part in text.Split(','))
        {
            if (TemplateVariable.Of(text[part]) is not { } variable) return null;
            variables.Add(TemplateNodes.Of(variable, by));
        }
        return new CountedNode(new ListNode(by.First, by.Separator, variables));
    }

    private static bool BeginsSegment(string text, int at)
    {
        while (text.AsSpan(at).StartsWith("{/"))
        {
            var close = text.IndexOf('}', at);
            if (close < 0) return false;
            at = close + 1;
        }
        return at == text.Length || text[at] == '/';
    }
}
