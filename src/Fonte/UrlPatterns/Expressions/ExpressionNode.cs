namespace Fonte.UrlPatterns;

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

    internal static ExpressionNode Repeat(ExpressionNode node, PatternModifier modifier) => modifier switch
    {
        PatternModifier.Optional => Repeat(node, 0, 1),
        PatternModifier.ZeroOrMore => Repeat(node, 0, null),
        PatternModifier.OneOrMore => Repeat(node, 1, null),
        _ => node,
    };
}

/// <summary>These characters, one after the other.</summary>
internal sealed record TextNode(string Text) : ExpressionNode(false);

/// <summary>One character, of a kind.</summary>
/// <param name="Operation">The kind.</param>
/// <param name="Set">Which, when the kind is a set.</param>
internal sealed record CharacterNode(Operation Operation, AsciiSet Set = default) : ExpressionNode(false);

/// <summary>What must hold at a place.</summary>
internal sealed record AssertionNode(Assertion Assertion) : ExpressionNode(true);

internal sealed record SequenceNode(IReadOnlyList<ExpressionNode> Nodes, bool IsEmptiable) : ExpressionNode(IsEmptiable);

/// <summary>One of these, the first that leads to a match.</summary>
internal sealed record ChoiceNode(IReadOnlyList<ExpressionNode> Nodes, bool IsEmptiable) : ExpressionNode(IsEmptiable);

/// <param name="Node">What is repeated.</param>
/// <param name="Least">How often at least.</param>
/// <param name="Most">How often at most, or null.</param>
/// <param name="IsLazy">Whether as seldom as possible.</param>
internal sealed record RepeatNode(ExpressionNode Node, int Least, int? Most, bool IsLazy) : ExpressionNode(Least == 0 || Node.MayBeEmpty);

/// <summary>Some of the items or none, in their order.</summary>
/// <param name="First">What stands before the first of them.</param>
/// <param name="Separator">What stands between two.</param>
/// <param name="Items">The items.</param>
internal sealed record ListNode(string First, string Separator, IReadOnlyList<ExpressionNode> Items) : ExpressionNode(true);

/// <summary>Whose text is told.</summary>
internal sealed record GroupNode(ExpressionNode Node, int Group) : ExpressionNode(Node.MayBeEmpty);

/// <summary>An expression of a stranger's, whose instructions are counted (CWE-1333).</summary>
internal sealed record CountedNode(ExpressionNode Node) : ExpressionNode(Node.MayBeEmpty);
