namespace Fonte.UrlPatterns;

/// <summary>What the parts of a component mean (WHATWG URL Pattern, "generate a regular expression and name list").</summary>
internal static class PartNodes
{
    private static readonly ExpressionNode Anything = ExpressionNode.Repeat(new CharacterNode(Operation.Any), 0, null);
    private static readonly ExpressionNode Segment = ExpressionNode.Repeat(new CharacterNode(Operation.NotDelimiter), 1, null, isLazy: true);

    /// <summary>The program of parts.</summary>
    /// <exception cref="UrlPatternException">A group's regular expression is not well formed, or not supported.</exception>
    internal static ComponentProgram Compile(IReadOnlyList<PatternPart> parts, PatternOptions options)
    {
        var groups = 0;
        var nodes = new ExpressionNode[parts.Count];
        for (var i = 0; i < nodes.Length; i++)
        {
            var part = parts[i];
            nodes[i] = part.Type == PatternPartType.FixedText
                ? ExpressionNode.Repeat(ExpressionNode.Literal(part.Value), part.Modifier)
                : Group(part, Matched(part, options), groups++);
        }
        return ProgramWriter.Write(ExpressionNode.Sequence(nodes), groups, options);
    }

    private static ExpressionNode Matched(PatternPart part, PatternOptions options) => part.Type switch
    {
        PatternPartType.FullWildcard => Anything,
        PatternPartType.SegmentWildcard => Segment,
        _ => new CountedNode(ExpressionParser.Parse(part.Value, options.IgnoreCase)),
    };

    private static ExpressionNode Group(PatternPart part, ExpressionNode matched, int group)
    {
        var (prefix, suffix) = (ExpressionNode.Literal(part.Prefix), ExpressionNode.Literal(part.Suffix));
        if (part.Modifier is PatternModifier.None or PatternModifier.Optional)
            return ExpressionNode.Repeat(ExpressionNode.Sequence(prefix, new GroupNode(matched, group), suffix), part.Modifier);
        if (part.Prefix.Length == 0 && part.Suffix.Length == 0)
            return new GroupNode(ExpressionNode.Repeat(matched, part.Modifier), group);
        var more = ExpressionNode.Repeat(ExpressionNode.Sequence(suffix, prefix, matched), 0, null);
        var all = ExpressionNode.Sequence(prefix, new GroupNode(ExpressionNode.Sequence(matched, more), group), suffix);
        return part.Modifier == PatternModifier.ZeroOrMore ? ExpressionNode.Repeat(all, 0, 1) : all;
    }
}
