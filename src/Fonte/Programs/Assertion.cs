namespace Fonte.Programs;

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
