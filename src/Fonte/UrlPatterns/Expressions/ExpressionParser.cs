using Fonte.Programs;

namespace Fonte.UrlPatterns;

/// <summary>Reads a group's regular expression, which is in JavaScript's dialect with the flag <c>v</c> (ECMA-262, "Patterns"), or refuses it with a sentence.</summary>
/// <remarks>
/// What JavaScript refuses is refused. Beside it: back references and lookarounds, which cannot be matched in linear time; modifiers within, set operations of classes, and
/// properties that <see cref="UnicodeProperty"/> does not know.
/// </remarks>
internal sealed class ExpressionParser
{
    // The parser and the writer call themselves for each (CWE-674).
    private const int MostNested = 50;
    private const int Highest = 1_000_000;

    private readonly ExpressionReader _reader;
    private int _nested;

    private ExpressionParser(ExpressionReader reader) => _reader = reader;

    /// <summary>The expression as a tree.</summary>
    /// <exception cref="PatternException">It is not well formed, or not supported.</exception>
    internal static ExpressionNode Parse(string source, bool ignoreCase)
    {
        var parser = new ExpressionParser(new(source, ignoreCase));
        var node = parser.Choice();
        return parser._reader.IsAtEnd ? node : throw ExpressionReader.Wrong("a parenthesis that closes nothing");
    }

    private ExpressionNode Choice()
    {
        var nodes = new List<ExpressionNode> { Sequence() };
        while (_reader.TryTake('|')) nodes.Add(Sequence());
        return ExpressionNode.Choice(nodes);
    }

    private ExpressionNode Sequence()
    {
        var nodes = new List<ExpressionNode>();
        while (!_reader.IsAtEnd && _reader.Peek() is not ('|' or ')')) nodes.Add(Term());
        return ExpressionNode.Sequence([.. nodes]);
    }

    private ExpressionNode Term()
    {
        var c = _reader.Take();
        switch (c)
        {
            case '^': return new AssertionNode(Assertion.Start);
            case '$': return new AssertionNode(Assertion.End);
            case '\\' when _reader.TryTake('b'): return new AssertionNode(Assertion.WordBoundary);
            case '\\' when _reader.TryTake('B'): return new AssertionNode(Assertion.NotWordBoundary);
            default: return Quantified(Atom(c));
        }
    }

    private ExpressionNode Atom(char c)
    {
        switch (c)
        {
            case '.': return Set(AsciiSet.Of("\n\r").Complement());
            case '[': return Set(ClassParser.Parse(_reader));
            case '(': return Group();
            case '\\': return Escape();
            case '*' or '+' or '?' or '{': throw ExpressionReader.Wrong($"{c} with nothing to repeat; write \\{c}");
            case ']' or '}': throw ExpressionReader.Wrong($"{c} without a backslash");
            default: return Character(c);
        }
    }

    private static CharacterNode Set(AsciiSet set) => new(Operation.Set, set);

    private ExpressionNode Character(int code)
    {
        if (code < 128) return ExpressionNode.Literal(((char)code).ToString());
        var set = _reader.SetOf(code, code);
        return Set(_reader.IgnoreCase ? set.Unfolded() : set);
    }

    private ExpressionNode Group()
    {
        if (_reader.IsNext("?=") || _reader.IsNext("?!") || _reader.IsNext("?<=") || _reader.IsNext("?<!")) throw ExpressionReader.Refused("a lookaround");
        if (!_reader.IsNext("?:")) throw ExpressionReader.Refused("a capturing group or a modifier within");
        if (++_nested > MostNested) throw new PatternException($"A group's regular expression nests more than {MostNested} deep.");
        _reader.Skip(2);
        var node = Choice();
        if (!_reader.TryTake(')')) throw ExpressionReader.Wrong("a parenthesis that is not closed");
        _nested--;
        return node;
    }

    private ExpressionNode Escape()
    {
        if (_reader.Peek() is (>= '1' and <= '9') or 'k') throw ExpressionReader.Refused("a back reference");
        if (_reader.TryTakeSet() is { } set) return Set(_reader.IgnoreCase ? set.Unfolded() : set);
        return Character(_reader.TakeEscape());
    }

    private ExpressionNode Quantified(ExpressionNode node)
    {
        int least;
        int? most;
        switch (_reader.Peek())
        {
            case '*': (least, most) = (0, null); break;
            case '+': (least, most) = (1, null); break;
            case '?': (least, most) = (0, 1); break;
            case '{':
                (least, most) = Counts();
                break;
            default: return node;
        }
        _reader.Skip(1);
        return ExpressionNode.Repeat(node, least, most, isLazy: _reader.TryTake('?'));
    }

    // Up to the closing brace.
    private (int Least, int? Most) Counts()
    {
        _reader.Skip(1);
        var digits = _reader.TakeDigits();
        var least = digits;
        var most = digits;
        var isOpen = false;
        if (_reader.TryTake(','))
        {
            most = _reader.TakeDigits();
            isOpen = most.IsEmpty;
        }
        if (least.IsEmpty || _reader.Peek() != '}') throw ExpressionReader.Wrong("{ that begins no count; write \\{");
        if (!isOpen && IsLess(most, least)) throw ExpressionReader.Wrong("a count that ends before it begins");
        return (Number(least), isOpen ? null : Number(most));
    }

    private static bool IsLess(ReadOnlySpan<char> left, ReadOnlySpan<char> right)
    {
        left = left.TrimStart('0');
        right = right.TrimStart('0');
        return left.Length != right.Length ? left.Length < right.Length : left.SequenceCompareTo(right) < 0;
    }

    // Whatever is above is too long in any case.
    private static int Number(ReadOnlySpan<char> digits) => int.TryParse(digits, out var number) ? Math.Min(number, Highest) : Highest;
}
