namespace Fonte.Programs;

/// <summary>Whose text is told.</summary>
internal sealed record GroupNode(ExpressionNode Node, int Group) : ExpressionNode(Node.MayBeEmpty);
