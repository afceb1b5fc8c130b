using System.Globalization;
using Fonte.Programs;

namespace Fonte.UrlPatterns;

/// <summary>Reads an expression's characters, and the escapes that a class and what is outside have in common (ECMA-262, "CharacterEscape", with the flag <c>v</c>).</summary>
internal sealed class ExpressionReader(string source, bool ignoreCase)
{
    // ECMA-262, SyntaxCharacter, and the slash.
    private const string Punctuators = "^$\\.*+?()[]{}|/";
    private static readonly AsciiSet Digits = AsciiSet.OfRange('0', '9');
    private static readonly AsciiSet Spaces = AsciiSet.Of("\t\n\v\f\r ");
    private static readonly AsciiSet Words = AsciiSet.OfRange('A', 'Z') | AsciiSet.OfRange('a', 'z') | Digits | AsciiSet.Of("_");

    internal bool IsAtEnd => Index >= source.Length;

    /// <summary>Where it is.</summary>
    internal int Index { get; private set; }

    internal bool IgnoreCase => ignoreCase;

    internal static PatternException Refused(string what) => new($"A group's regular expression uses {what}, which is not supported.");

    internal static PatternException Wrong(string what) => new($"A group's regular expression has {what}.");

    /// <summary>The next character, or NUL at the end; NUL itself stands in no pattern, and where it does it means itself.</summary>
    internal char Peek(int ahead = 0) => Index + ahead < source.Length ? source[Index + ahead] : '\0';

    internal bool IsNext(string text) => source.AsSpan(Index).StartsWith(text);

    internal char Take() => source[Index++];

    internal void Skip(int length) => Index += length;

    internal bool TryTake(char c)
    {
        if (IsAtEnd || source[Index] != c) return false;
        Index++;
        return true;
    }

    internal ReadOnlySpan<char> TakeDigits()
    {
        var start = Index;
        while (char.IsAsciiDigit(Peek())) Index++;
        return source.AsSpan(start, Index - start);
    }

    /// <summary>The set of <c>\d \D \w \W \s \S \p \P</c>, or null when another character is behind the backslash.</summary>
    internal AsciiSet? TryTakeSet()
    {
        AsciiSet? set = Peek() switch
        {
            'd' or 'D' => Digits,
            'w' or 'W' => Words,
            's' or 'S' => Spaces,
            'p' or 'P' => AsciiSet.None,
            _ => null,
        };
        if (set is not { } known) return null;
        var c = Take();
        if (c is 'p' or 'P') known = Property();
        known = Folded(known);
        return char.IsAsciiLetterUpper(c) ? Complement(known) : known;
    }

    /// <summary>The code point that the escape means, whose backslash has been taken.</summary>
    internal int TakeEscape(string punctuators = Punctuators)
    {
        if (IsAtEnd) throw Wrong("a backslash at its end");
        var c = Take();
        switch (c)
        {
            case 't': return '\t';
            case 'n': return '\n';
            case 'v': return '\v';
            case 'f': return '\f';
            case 'r': return '\r';
            case '0' when !char.IsAsciiDigit(Peek()): return 0;
            case 'x': return Hex(2);
            case 'u': return Unicode();
            case 'c':
                if (!char.IsAsciiLetter(Peek())) throw Wrong("\\c without a letter");
                return Take() % 32;
            default: return punctuators.Contains(c) ? c : throw Wrong($"\\{c}, which means nothing");
        }
    }

    /// <summary>The set in which a code point is with all that are alike to it.</summary>
    internal AsciiSet SetOf(int first, int last)
    {
        var set = AsciiSet.OfRange(first, last);
        // Of what is beyond ASCII only these have the case of a letter that is not.
        if (ignoreCase && first <= AsciiSet.LongS && last >= AsciiSet.LongS) set |= AsciiSet.Of("s");
        if (ignoreCase && first <= AsciiSet.Kelvin && last >= AsciiSet.Kelvin) set |= AsciiSet.Of("k");
        return Folded(set);
    }

    internal AsciiSet Complement(AsciiSet set) => ignoreCase ? set.FoldedComplement() : set.Complement();

    private AsciiSet Folded(AsciiSet set) => ignoreCase ? set.Folded() : set;

    private AsciiSet Property()
    {
        var end = Peek() == '{' ? source.IndexOf('}', Index) : -1;
        if (end < 0) throw Wrong("\\p without a property in { }");
        var name = source[(Index + 1)..end];
        Index = end + 1;
        return UnicodeProperty.Of(name) ?? throw Refused($"the property {name}");
    }

    private int Hex(int length)
    {
        if (Index + length > source.Length || !int.TryParse(source.AsSpan(Index, length), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code))
            throw Wrong("\\x or \\u without its number");
        Index += length;
        return code;
    }

    private int Unicode()
    {
        if (Peek() == '{') return Braced();
        var code = Hex(4);
        if (!char.IsHighSurrogate((char)code) || !IsNext("\\u") || Peek(2) == '{') return code;
        var start = Index;
        Skip(2);
        var low = Hex(4);
        if (char.IsLowSurrogate((char)low)) return char.ConvertToUtf32((char)code, (char)low);
        Index = start;
        return code;
    }

    private int Braced()
    {
        Skip(1);
        var code = 0;
        var start = Index;
        for (; char.IsAsciiHexDigit(Peek()); Skip(1)) code = Math.Min((code * 16) + Convert.ToInt32(Peek().ToString(), 16), 0x110000);
        if (Index == start || code > 0x10FFFF || !TryTake('}')) throw Wrong("\\u{ } without a number up to 10FFFF");
        return code;
    }
}
