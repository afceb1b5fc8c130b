namespace Fonte.Programs;

/// <summary>An instruction, in six bytes.</summary>
/// <param name="Operation">What it does.</param>
/// <param name="Next">Where it goes on.</param>
/// <param name="Argument">What its operation says.</param>
internal readonly record struct Instruction(Operation Operation, ushort Next, ushort Argument)
{
    /// <summary>Whether it leads on without a character.</summary>
    internal bool IsFollowed => Operation is >= Operation.Split and <= Operation.Assert;
}
