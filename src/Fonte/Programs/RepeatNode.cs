namespace Fonte.Programs;

/// <summary>The same again and again.</summary>
/// <param name="Node">What is repeated.</param>
/// <param name="Least">How often at least.</param>
/// <param name="Most">How often at most, or null.</param>
/// <param name="IsLazy">Whether as seldom as possible.</param>
internal sealed record RepeatNode(ExpressionNode Node, int Least, int? Most, bool IsLazy) : ExpressionNode(Least == 0 || Node.MayBeEmpty);
