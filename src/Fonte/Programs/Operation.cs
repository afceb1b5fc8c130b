namespace Fonte.Programs;

/// <summary>What an instruction of a <see cref="TextProgram"/> does.</summary>
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
