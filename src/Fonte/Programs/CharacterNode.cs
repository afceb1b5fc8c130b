namespace Fonte.Programs;

/// <summary>One character, of a kind.</summary>
/// <param name="Operation">The kind.</param>
/// <param name="Set">Which, when the kind is a set.</param>
internal sealed record CharacterNode(Operation Operation, AsciiSet Set = default) : ExpressionNode(false);
