using Fonte.Programs;

namespace Fonte.UrlPatterns;

/// <summary>Reads a class [ ] (ECMA-262, "CharacterClass", with the flag <c>v</c>).</summary>
internal static class ClassParser
{
    // ECMA-262, ClassSetSyntaxCharacter, less the backslash; those that mean themselves behind one, beside the syntax characters; and those that are kept for later where they stand twice.
    private const string Syntax = "()[]{}/-|";
    private const string Escapable = "^$\\.*+?()[]{}|/&-!#%,:;<=>@`~";
    private const string Reserved = "&!#$%*+,.:;<=>?@^`~";

    /// <summary>The set of a class whose opening bracket has been taken.</summary>
    internal static AsciiSet Parse(ExpressionReader reader)
    {
        var isNegated = reader.TryTake('^');
        var set = AsciiSet.None;
        while (!reader.TryTake(']'))
        {
            if (reader.IsAtEnd) throw ExpressionReader.Wrong("a class that is not closed");
            set |= Operand(reader);
        }
        if (isNegated) set = reader.Complement(set);
        return reader.IgnoreCase ? set.Unfolded() : set;
    }

    private static AsciiSet Operand(ExpressionReader reader)
    {
        if (reader.Peek() == '[' || reader.IsNext("&&") || reader.IsNext("--") || reader.IsNext("\\q")) throw SetOperation();
        if (reader.Peek() == '\\')
        {
            reader.Skip(1);
            if (reader.TryTakeSet() is { } set) return set;
            reader.Skip(-1);
        }
        var first = Character(reader);
        if (reader.Peek() != '-') return reader.SetOf(first, first);
        if (reader.IsNext("--")) throw SetOperation();
        reader.Skip(1);
        var last = Character(reader);
        return first <= last ? reader.SetOf(first, last) : throw ExpressionReader.Wrong("a range in a class that ends before it begins");
    }

    private static int Character(ExpressionReader reader)
    {
        if (reader.IsAtEnd) throw ExpressionReader.Wrong("a class that is not closed");
        var c = reader.Take();
        if (c == '\\') return reader.TryTake('b') ? '\b' : reader.TakeEscape(Escapable);
        if (Syntax.Contains(c)) throw ExpressionReader.Wrong($"{c} in a class without a backslash");
        if (Reserved.Contains(c) && reader.Peek() == c) throw ExpressionReader.Wrong($"{c}{c} in a class, which is kept for set operations");
        return c;
    }

    private static PatternException SetOperation() => ExpressionReader.Refused("a set operation of classes (a class in a class, &&, -- or \\q)");
}
