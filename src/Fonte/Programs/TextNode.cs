namespace Fonte.Programs;

/// <summary>These characters, one after the other.</summary>
internal sealed record TextNode(string Text) : ExpressionNode(false);
