using Fonte.Programs;

namespace Fonte.UrlPatterns;

/// <summary>What the parts of a component mean (WHATWG URL Pattern, "generate a regular expression and name list").</summary>
internal static class PartNodes
{
    private static readonly ExpressionNode Anything = ExpressionNode.Repeat(new CharacterNode(Operation.Any), 0, null);
    private static readonly ExpressionNode Segment = ExpressionNode.Repeat(new CharacterNode(Operation.NotDelimiter), 1, null, isLazy: true);

    /// <summary>What is said of a pattern that is too long.</summary>
    internal static string TooMany => $"From its first group or wildcard on the pattern becomes more than {TextProgram.MostCounted} instructions, a character of its text being one; write shorter expressions, lower counts or less text there.";

    /// <summary>The program of parts.</summary>
    /// <exception cref="PatternException">A group's regular expression is not well formed, or not supported; or they are too long.</exception>
    internal static TextProgram Compile(IReadOnlyList<PatternPart> parts, PatternOptions options)
    {
        var start = parts is [{ Type: PatternPartType.FixedText, Modifier: PatternModifier.None, Value: var text }, ..] ? text : "";
        var first = start.Length > 0 ? 1 : 0;
        var groups = 0;
        var nodes = new ExpressionNode[parts.Count - first];
        for (var i = 0; i < nodes.Length; i++)
        {
            var part = parts[first + i];
            nodes[i] = part.Type == PatternPartType.FixedText
                ? Repeat(ExpressionNode.Literal(part.Value), part.Modifier)
                : Group(part, Matched(part, options), groups++);
        }
        return ProgramWriter.Write(start, ExpressionNode.Sequence(nodes), options.Text, TooMany);
    }

    private static ExpressionNode Matched(PatternPart part, PatternOptions options) => part.Type switch
    {
        PatternPartType.FullWildcard => Anything,
        PatternPartType.SegmentWildcard => Segment,
        _ => ExpressionParser.Parse(part.Value, options.IgnoreCase),
    };

    private static ExpressionNode Group(PatternPart part, ExpressionNode matched, int group)
    {
        var (prefix, suffix) = (ExpressionNode.Literal(part.Prefix), ExpressionNode.Literal(part.Suffix));
        if (part.Modifier is PatternModifier.None or PatternModifier.Optional)
            return Repeat(ExpressionNode.Sequence(prefix, new GroupNode(matched, group), suffix), part.Modifier);
        if (part.Prefix.Length == 0 && part.Suffix.Length == 0)
            return new GroupNode(Repeat(matched, part.Modifier), group);
        var more = ExpressionNode.Repeat(ExpressionNode.Sequence(suffix, prefix, matched), 0, null);
        var all = ExpressionNode.Sequence(prefix, new GroupNode(ExpressionNode.Sequence(matched, more), group), suffix);
        return part.Modifier == PatternModifier.ZeroOrMore ? ExpressionNode.Repeat(all, 0, 1) : all;
    }

    private static ExpressionNode Repeat(ExpressionNode node, PatternModifier modifier) => modifier switch
    {
        PatternModifier.Optional => ExpressionNode.Repeat(node, 0, 1),
        PatternModifier.ZeroOrMore => ExpressionNode.Repeat(node, 0, null),
        PatternModifier.OneOrMore => ExpressionNode.Repeat(node, 1, null),
        _ => node,
    };
}
