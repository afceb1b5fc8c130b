namespace Fonte.Programs;

/// <summary>What must hold at a place.</summary>
internal sealed record AssertionNode(Assertion Assertion) : ExpressionNode(true);
