namespace Fonte.Programs;

/// <summary>Some of the items or none, in their order.</summary>
/// <param name="First">What stands before the first of them.</param>
/// <param name="Separator">What stands between two.</param>
/// <param name="Items">The items.</param>
internal sealed record ListNode(string First, string Separator, IReadOnlyList<ExpressionNode> Items) : ExpressionNode(true);
