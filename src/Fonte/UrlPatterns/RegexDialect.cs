using System.Globalization;
using System.Text;

namespace Fonte.UrlPatterns;

/// <summary>Rewrites a group's regular expression from JavaScript's dialect with the flag <c>v</c> (ECMA-262, "Patterns") into .NET's.</summary>
/// <remarks>
/// Word for word it would mean something else: in .NET <c>\d</c> matches every script's digits and <c>$</c> also before a last line end, which in a grant is a hole (CWE-185).
/// What cannot be said in both, or is not matched in linear time, is refused.
/// </remarks>
internal ref struct RegexDialect
{
    private const string Digits = "0-9";
    private const string Words = "A-Za-z0-9_";
    private const string Spaces = @"\t\n\v\f\r \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff";
    private const string NotDigits = @"\x00-/:-\uffff";
    private const string NotWords = @"\x00-/:-@\[-\^`{-\uffff";
    private const string NotSpaces = @"\x00-\x08\x0e-\x1f!-\x9f\u00a1-\u167f\u1681-\u1fff\u200b-\u2027\u202a-\u202e\u2030-\u205e\u2060-\u2fff\u3001-\ufefe\uff00-\uffff";

    // What may stand behind a backslash to mean itself (ECMA-262, SyntaxCharacter and ClassSetReservedPunctuator).
    private const string Punctuators = "^$\\.*+?()[]{}|/";
    private const string ClassPunctuators = Punctuators + "-&!#%,:;<=>@`~";
    private const int MostCounts = 64;
    private const string DoublePunctuators = "&!#$%*+,.:;<=>?@^`~";

    private readonly ReadOnlySpan<char> _source;
    private readonly StringBuilder _target = new();
    private int _index;
    private int _counts = 1;

    private RegexDialect(ReadOnlySpan<char> source) => _source = source;

    /// <summary>The same for .NET.</summary>
    /// <exception cref="UrlPatternException">It is not supported.</exception>
    internal static string Rewrite(string source)
    {
        var dialect = new RegexDialect(source);
        while (dialect._index < source.Length) dialect.Next();
        return dialect._target.ToString();
    }

    private static UrlPatternException Refused(string what) => new($"A group's regular expression uses {what}, which is not supported.");

    private void Next()
    {
        var c = _source[_index++];
        switch (c)
        {
            case '\\': Escape(); break;
            case '[': Class(); break;
            case '.': _target.Append(@"[^\n\r\u2028\u2029]"); break;
            case '^': _target.Append(@"\A"); break;
            case '$': _target.Append(@"\z"); break;
            case '(': Group(); break;
            case '{': Quantifier(); break;
            case '}' or ']': throw Refused($"{c} without a backslash");
            default: _target.Append(c); break;
        }
    }

    // Anything else .NET takes for the characters themselves.
    private void Quantifier()
    {
        var length = _source[_index..].IndexOf('}');
        var text = length < 0 ? default : _source.Slice(_index, length);
        var comma = text.IndexOf(',');
        var least = comma < 0 ? text : text[..comma];
        var most = comma < 0 ? "0" : text[(comma + 1)..];
        if (least.IsEmpty || least.ContainsAnyExceptInRange('0', '9') || most.ContainsAnyExceptInRange('0', '9')) throw Refused("{ that is no count; write \\{");
        // Counts multiply where they are nested, and with them what the engine holds (CWE-1333).
        foreach (var count in (ReadOnlySpan<string>)[least.ToString(), most.ToString()])
        {
            if (count.Length > 3) throw Refused("a count that is too high");
        }
        _counts *= Math.Max(1, Math.Max(int.Parse(least, CultureInfo.InvariantCulture), most.IsEmpty ? 0 : int.Parse(most, CultureInfo.InvariantCulture)));
        if (_counts > MostCounts) throw Refused("counts that are too high");
        _target.Append('{').Append(text).Append('}');
        _index += length + 1;
    }

    // The tokenizer lets only groups through that begin with a question mark.
    private void Group()
    {
        if (!_source[_index..].StartsWith("?:")) throw Refused("a lookaround, a named group or a modifier within");
        _target.Append("(?:");
        _index += 2;
    }

    private void Escape()
    {
        var c = _source[_index++];
        switch (c)
        {
            case 'd': Append('[', Digits); break;
            case 'D': Append('[', NotDigits); break;
            case 'w': Append('[', Words); break;
            case 'W': Append('[', NotWords); break;
            case 's': Append('[', Spaces); break;
            case 'S': Append('[', NotSpaces); break;
            case 'b' or 'B': throw Refused("\\b");
            case >= '1' and <= '9' or 'k': throw Refused("a back reference");
            default: _target.Append(Character(c, Punctuators)); break;
        }
    }

    private void Append(char open, string content) => _target.Append(open).Append(content).Append(']');

    private void Class()
    {
        var isNegated = _index < _source.Length && _source[_index] == '^';
        if (isNegated) _index++;
        if (_index < _source.Length && _source[_index] == ']')
        {
            _index++;
            if (!isNegated) throw Refused("an empty class []");
            _target.Append(@"[\s\S]");
            return;
        }
        _target.Append(isNegated ? "[^" : "[");
        while (true)
        {
            if (_index >= _source.Length) throw new UrlPatternException("A group's regular expression holds a class [ ] that is not closed.");
            var c = _source[_index++];
            if (c == ']') break;
            ClassAtom(c);
            if (!IsNext('-')) continue;
            _index++;
            if (IsNext('-') || IsNext(']') || _index >= _source.Length) throw Refused("a hyphen in a class that is no range; write \\-");
            _target.Append('-');
            ClassAtom(_source[_index++]);
        }
        _target.Append(']');
    }

    private readonly bool IsNext(char c) => _index < _source.Length && _source[_index] == c;

    private void ClassAtom(char c)
    {
        // "--" and "&&" take away and intersect, and the other pairs are kept for later.
        if (c is '[' || (DoublePunctuators.Contains(c) && IsNext(c))) throw Refused("a set operation of classes");
        if (c is '(' or ')' or '{' or '}' or '/' or '-' or '|') throw Refused($"{c} in a class without a backslash");
        if (c != '\\')
        {
            _target.Append(c is '^' or '[' ? $"\\{c}" : c.ToString());
            return;
        }
        if (_index >= _source.Length) throw Refused("a backslash at its end");
        c = _source[_index++];
        _target.Append(c switch
        {
            'd' => Digits,
            'D' => NotDigits,
            'w' => Words,
            'W' => NotWords,
            's' => Spaces,
            'S' => NotSpaces,
            'b' => @"\x08",
            _ => Character(c, ClassPunctuators),
        });
    }

    // An escape that means one character.
    private string Character(char c, string punctuators)
    {
        switch (c)
        {
            case 't' or 'n' or 'v' or 'f' or 'r': return $"\\{c}";
            case '0': return @"\x00";
            case 'x': return Code(Hex(2));
            case 'u': return Code(_index < _source.Length && _source[_index] == '{' ? Braced() : Hex(4));
            case 'c':
                if (_index >= _source.Length || !char.IsAsciiLetter(_source[_index])) throw Refused("\\c without a letter");
                return Code(_source[_index++] % 32);
            default: return punctuators.Contains(c) ? Code(c) : throw Refused($"\\{c}");
        }
    }

    private static string Code(int code) => $"\\u{code.ToString("x4", CultureInfo.InvariantCulture)}";

    private int Hex(int length)
    {
        if (_index + length > _source.Length || !int.TryParse(_source.Slice(_index, length), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code))
            throw Refused("\\x or \\u without its number");
        _index += length;
        return code;
    }

    private int Braced()
    {
        var length = _source[_index..].IndexOf('}');
        if (length < 2 || !int.TryParse(_source[(_index + 1)..(_index + length)], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code) || code > char.MaxValue)
            throw Refused("\\u{ } without a number up to ffff");
        _index += length + 1;
        return code;
    }
}
