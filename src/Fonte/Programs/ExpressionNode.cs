namespace Fonte.Programs;

/// <summary>What is matched, as a tree. Only <see cref="Empty"/> becomes no instruction, so that who counts instructions counts the time to make them too.</summary>
/// <param name="MayBeEmpty">Whether it can match without taking a character.</param>
internal abstract record ExpressionNode(bool MayBeEmpty)
{
    internal static ExpressionNode Empty { get; } = new SequenceNode([], true);

    internal static ExpressionNode Literal(string text) => text.Length == 0 ? Empty : new TextNode(text);

    internal static ExpressionNode Sequence(params ReadOnlySpan<ExpressionNode> nodes)
    {
        var held = new List<ExpressionNode>(nodes.Length);
        var mayBeEmpty = true;
        foreach (var node in nodes)
        {
            if (ReferenceEquals(node, Empty)) continue;
            held.Add(node);
            mayBeEmpty &= node.MayBeEmpty;
        }
        return held switch
        {
            [] => Empty,
            [var only] => only,
            _ => new SequenceNode(held, mayBeEmpty),
        };
    }

    internal static ExpressionNode Choice(IReadOnlyList<ExpressionNode> nodes) =>
        nodes.Count == 1 ? nodes[0] : new ChoiceNode(nodes, nodes.Any(node => node.MayBeEmpty));

    /// <param name="node">What is repeated.</param>
    /// <param name="least">How often at least.</param>
    /// <param name="most">How often at most; <see langword="null"/> for any number.</param>
    /// <param name="isLazy">Whether as seldom as possible.</param>
    internal static ExpressionNode Repeat(ExpressionNode node, int least, int? most, bool isLazy = false) =>
        ReferenceEquals(node, Empty) || most == 0 ? Empty : new RepeatNode(node, least, most, isLazy);
}
