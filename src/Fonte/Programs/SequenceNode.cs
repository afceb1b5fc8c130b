namespace Fonte.Programs;

/// <summary>These, one after the other.</summary>
internal sealed record SequenceNode(IReadOnlyList<ExpressionNode> Nodes, bool IsEmptiable) : ExpressionNode(IsEmptiable);
