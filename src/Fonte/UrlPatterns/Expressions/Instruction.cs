namespace Fonte.UrlPatterns;

/// <summary>What an instruction of a <see cref="ComponentProgram"/> does.</summary>
internal enum Operation : byte
{
    /// <summary>Goes nowhere.</summary>
    Fail,

    /// <summary>Takes one character, the argument.</summary>
    Character,

    /// <summary>Takes one character of the set whose number is the argument.</summary>
    Set,

    /// <summary>Takes one character that is not the delimiter.</summary>
    NotDelimiter,

    /// <summary>Takes one character.</summary>
    Any,

    /// <summary>Goes on, and if that fails at the argument.</summary>
    Split,

    /// <summary>Goes on, having noted the place in the text: the argument is twice the group, and one more at its end.</summary>
    Save,

    /// <summary>Goes on where one of the assertions in the argument holds.</summary>
    Assert,

    /// <summary>Matches, at the end of the text.</summary>
    Accept,
}

/// <summary>What must hold at a place in the text (ECMA-262, "Assertion").</summary>
[Flags]
internal enum Assertion : byte
{
    None = 0,

    /// <summary><c>^</c></summary>
    Start = 1,

    /// <summary><c>$</c></summary>
    End = 2,

    /// <summary><c>\b</c></summary>
    WordBoundary = 4,

    /// <summary><c>\B</c></summary>
    NotWordBoundary = 8,
}

/// <summary>An instruction, in six bytes.</summary>
/// <param name="Operation">What it does.</param>
/// <param name="Next">Where it goes on.</param>
/// <param name="Argument">What its operation says.</param>
internal readonly record struct Instruction(Operation Operation, ushort Next, ushort Argument)
{
    /// <summary>Whether it leads on without a character.</summary>
    internal bool IsFollowed => Operation is >= Operation.Split and <= Operation.Assert;
}
