using System.Globalization;
using System.Text;
using Fonte.Programs;

namespace Fonte.UrlPatterns;

/// <summary>Takes a pattern apart into tokens (WHATWG URL Pattern, "Tokenizing").</summary>
internal ref struct PatternTokenizer
{
    private readonly ReadOnlySpan<char> _input;
    private readonly bool _isLenient;
    private readonly List<PatternToken> _tokens = [];
    private int _index;

    private PatternTokenizer(ReadOnlySpan<char> input, bool isLenient)
    {
        _input = input;
        _isLenient = isLenient;
    }

    /// <summary>The tokens, the last of them the end.</summary>
    /// <exception cref="PatternException">The pattern is not well formed, unless it is read leniently.</exception>
    internal static List<PatternToken> Tokenize(string input, bool isLenient)
    {
        var tokenizer = new PatternTokenizer(input, isLenient);
        while (tokenizer._index < input.Length) tokenizer.Next();
        tokenizer._tokens.Add(new(PatternTokenType.End, tokenizer._index, ""));
        return tokenizer._tokens;
    }

    /// <summary>Whether a character may stand in a group's name.</summary>
    internal static bool IsNameCharacter(Rune rune, bool isFirst)
    {
        if (rune.Value is '$' or '_') return true;
        var category = Rune.GetUnicodeCategory(rune);
        var starts = category is <= UnicodeCategory.OtherLetter or UnicodeCategory.LetterNumber || rune.Value is 0x2118 or 0x212E or 0x309B or 0x309C or 0x1885 or 0x1886;
        if (isFirst || starts) return starts;
        return rune.Value is 0x200C or 0x200D or 0xB7 or 0x387 or 0x19DA or (>= 0x1369 and <= 0x1371) or 0x30FB or 0xFF65
            || category is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.DecimalDigitNumber or UnicodeCategory.ConnectorPunctuation;
    }

    private void Next()
    {
        switch (_input[_index])
        {
            case '*': Add(PatternTokenType.Asterisk, 1); break;
            case '+' or '?': Add(PatternTokenType.OtherModifier, 1); break;
            case '{': Add(PatternTokenType.Open, 1); break;
            case '}': Add(PatternTokenType.Close, 1); break;
            case '\\': Escaped(); break;
            case ':': Name(); break;
            case '(': Regexp(); break;
            default: Add(PatternTokenType.Char, RuneAt(_index).Utf16SequenceLength); break;
        }
    }

    private readonly Rune RuneAt(int index) => Rune.DecodeFromUtf16(_input[index..], out var rune, out _) == System.Buffers.OperationStatus.Done ? rune : Rune.ReplacementChar;

    private void Add(PatternTokenType type, int length) => Add(type, _index + length, _index, length);

    private void Add(PatternTokenType type, int next, int start, int length)
    {
        _tokens.Add(new(type, _index, _input.Slice(start, length).ToString()));
        _index = next;
    }

    private void Fail(int next, int start, string sentence)
    {
        if (!_isLenient) throw new PatternException(sentence);
        Add(PatternTokenType.InvalidChar, next, start, next - start);
    }

    private void Escaped()
    {
        if (_index == _input.Length - 1)
        {
            Fail(_index + 1, _index, "A backslash ends the pattern; write what it escapes behind it.");
            return;
        }
        var length = RuneAt(_index + 1).Utf16SequenceLength;
        Add(PatternTokenType.EscapedChar, _index + 1 + length, _index + 1, length);
    }

    private void Name()
    {
        var start = _index + 1;
        var end = start;
        while (end < _input.Length && RuneAt(end) is var rune && IsNameCharacter(rune, isFirst: end == start)) end += rune.Utf16SequenceLength;
        if (end == start) Fail(start, _index, "A colon is not followed by a name; write \\: for a colon that means itself.");
        else Add(PatternTokenType.Name, end, start, end - start);
    }

    private void Regexp()
    {
        var start = _index + 1;
        if (EndOfRegexp(start, out var sentence) is not { } end) Fail(start, _index, sentence);
        else if (end == start) Fail(start, _index, "A group ( ) is empty; write a regular expression between.");
        else Add(PatternTokenType.Regexp, end + 1, start, end - start);
    }

    // Where its closing parenthesis is.
    private readonly int? EndOfRegexp(int start, out string sentence)
    {
        var depth = 1;
        for (var i = start; i < _input.Length; i++)
        {
            sentence = "A group's regular expression holds a character that is not ASCII; write \\u and its number.";
            if (!char.IsAscii(_input[i])) return null;
            sentence = "A group's regular expression may not begin with ?.";
            if (i == start && _input[i] == '?') return null;
            switch (_input[i])
            {
                case '\\':
                    sentence = "A group's regular expression ends with a backslash.";
                    if (++i == _input.Length || !char.IsAscii(_input[i])) return null;
                    break;
                case ')':
                    if (--depth == 0) return i;
                    break;
                case '(':
                    depth++;
                    sentence = "A group's regular expression holds a capturing group; write (?: … ).";
                    if (i + 1 >= _input.Length || _input[i + 1] != '?') return null;
                    break;
            }
        }
        sentence = "A group's parenthesis is not closed.";
        return null;
    }
}
