namespace Fonte.Programs;

/// <summary>One of these, the first that leads to a match.</summary>
internal sealed record ChoiceNode(IReadOnlyList<ExpressionNode> Nodes, bool IsEmptiable) : ExpressionNode(IsEmptiable);
