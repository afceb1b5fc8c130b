using System.Buffers;
using System.Text;
using Fonte.Programs;
using Fonte.UrlPatterns;

namespace Fonte.UriTemplates;

/// <summary>A URI Template (RFC 6570, all levels), the other way about: whether a text is an expansion of it. Immutable, thread-safe.</summary>
/// <remarks>
/// A text matches that some values of the variables expand to, each use of a variable taken for itself (section 1.4). Its time is linear in the text. Characters of
/// the template that are not ASCII match as they are, and percent-encoded as an expansion has them.
/// </remarks>
internal sealed class UriTemplate
{
    // RFC 6570, section 2.1, without what begins an expression or a triplet.
    private static readonly SearchValues<char> NotLiteral = SearchValues.Create("\"'<>\\^`|} ");

    private const int MostVariables = 16;
    private static readonly string TooMany = $"From its first variable on the template becomes more than {TextProgram.MostCounted} instructions, a character of its text being one, and of a prefix ten; use fewer variables, shorter prefixes or less text there.";

    private readonly TextProgram _encoded;
    private readonly TextProgram? _asWritten;

    private UriTemplate(string text, List<(string? Literal, ExpressionNode? Expression)> pieces)
    {
        Text = text;
        _encoded = Program(pieces, literal => PercentEncode.Encode(literal, PercentEncode.C0Control));
        // What an expansion holds is ASCII; so a text that is not can only hold the template's own characters.
        if (!Ascii.IsValid(text)) _asWritten = Program(pieces, literal => literal);
    }

    /// <summary>As it was given.</summary>
    internal string Text { get; }

    /// <summary>How many bytes it holds to match with.</summary>
    internal int Bytes => _encoded.Bytes + (_asWritten?.Bytes ?? 0);

    /// <summary>Reads a template; returns null for a text that is none.</summary>
    /// <exception cref="PatternException">It is longer than templates may be.</exception>
    internal static UriTemplate? Parse(string text)
    {
        var pieces = new List<(string? Literal, ExpressionNode? Expression)>();
        var variables = 0;
        for (var at = 0; at < text.Length;)
        {
            var open = text.IndexOf('{', at);
            var literal = open < 0 ? text[at..] : text[at..open];
            if (!IsLiteral(literal)) return null;
            pieces.Add((literal, null));
            if (open < 0) break;
            var close = text.IndexOf('}', open);
            if (close < 0 || Expression(text.AsSpan(open + 1, close - open - 1), ref variables) is not { } expression) return null;
            pieces.Add((null, expression));
            at = close + 1;
        }
        return variables <= MostVariables ? new(text, pieces) : throw new PatternException($"Give at most {MostVariables} variables in one template.");
    }

    /// <summary>Whether the text is an expansion, or the template itself: so one template can be granted for another.</summary>
    internal bool IsMatch(string text) => (_asWritten is null || Ascii.IsValid(text) ? _encoded : _asWritten).IsMatch(text) || text == Text;

    /// <summary>What stands between slashes, or a slash and an end, in every text that matches. Made when it is asked for, which is once for a pump.</summary>
    internal List<string> Segments()
    {
        var segments = new List<string>();
        // From the end: whether what stands before an expression is a whole segment follows from what stands behind.
        var isWhole = true;
        for (var end = Text.Length; end >= 0;)
        {
            var begin = end == 0 ? 0 : Text.LastIndexOf('}', end - 1) + 1;
            AddSegments(segments, Text[begin..end], begin == 0, isWhole);
            if (begin == 0) break;
            if (begin < end) isWhole = Text[begin] == '/';
            end = Text.LastIndexOf('{', begin - 1);
            isWhole &= Text[end + 1] == '/';
        }
        segments.Reverse();
        return segments;
    }

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

    private static TextProgram Program(List<(string? Literal, ExpressionNode? Expression)> pieces, Func<string, string> write)
    {
        var start = pieces is [{ Literal: { } literal }, ..] ? write(literal) : "";
        var nodes = pieces.Skip(1).Select(piece => piece.Expression ?? ExpressionNode.Literal(write(piece.Literal!)));
        return ProgramWriter.Write(start, ExpressionNode.Sequence([.. nodes]), default, TooMany);
    }

    private static ListNode? Expression(ReadOnlySpan<char> text, ref int variables)
    {
        var by = TemplateOperator.Of(ref text);
        var items = new List<ExpressionNode>();
        foreach (var part in text.Split(','))
        {
            if (TemplateVariable.Of(text[part]) is not { } variable) return null;
            // Of one that has too many only the form is looked at.
            if (++variables <= MostVariables) items.Add(TemplateNodes.Of(variable, by));
        }
        return new(by.First, by.Separator, items);
    }

    private static void AddSegments(List<string> segments, string literal, bool isFirstWhole, bool isLastWhole)
    {
        var all = literal.Split('/');
        for (var i = all.Length - 1; i >= 0; i--)
        {
            if ((i == 0 && !isFirstWhole) || (i == all.Length - 1 && !isLastWhole)) continue;
            if (all[i].Length > 0 && Ascii.IsValid(all[i])) segments.Add(all[i]);
        }
    }
}
