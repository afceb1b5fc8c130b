namespace Fonte.Programs;

/// <summary>A set of characters. Those beyond ASCII are in none: what a URL's components hold is ASCII (WHATWG URL, "URL writing"), whatever an expression speaks of.</summary>
/// <param name="Bits">A bit for each character.</param>
internal readonly record struct AsciiSet(UInt128 Bits)
{
    internal const int LongS = 0x17F;
    internal const int Kelvin = 0x212A;
    private static readonly UInt128 LowerCase = OfRange('a', 'z').Bits;
    private static readonly UInt128 UpperCase = OfRange('A', 'Z').Bits;

    internal static AsciiSet None => default;

    internal static AsciiSet All => new(UInt128.MaxValue);

    internal bool IsEmpty => Bits == 0;

    internal static AsciiSet Of(ReadOnlySpan<char> characters)
    {
        var set = None;
        foreach (var c in characters) set |= OfRange(c, c);
        return set;
    }

    /// <summary>The code points from the first to the last.</summary>
    internal static AsciiSet OfRange(int first, int last)
    {
        last = Math.Min(last, 127);
        // As a mask and not one by one: a class may name hundreds of ranges.
        return first <= last ? new((UInt128.MaxValue >> (127 - (last - first))) << first) : None;
    }

    public static AsciiSet operator |(AsciiSet left, AsciiSet right) => new(left.Bits | right.Bits);

    /// <summary>All others.</summary>
    internal AsciiSet Complement() => new(~Bits);

    /// <summary>Lower case for upper: what a set is with the flags <c>v</c> and <c>i</c> (ECMA-262, "MaybeSimpleCaseFolding").</summary>
    internal AsciiSet Folded() => new((Bits & ~UpperCase) | ((Bits & UpperCase) << ('a' - 'A')));

    /// <summary>All others that are folded: the complement of a folded set.</summary>
    internal AsciiSet FoldedComplement() => new(~Bits & ~UpperCase);

    /// <summary>Each letter of a folded set in both cases.</summary>
    internal AsciiSet Unfolded() => new(Bits | ((Bits & LowerCase) >> ('a' - 'A')));
}
