namespace Fonte.Programs;

/// <summary>In whose instructions a match cannot be at once: so many of them are not counted.</summary>
internal sealed record NarrowNode(ExpressionNode Node, int Idle) : ExpressionNode(Node.MayBeEmpty);
