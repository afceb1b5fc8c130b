using Fonte.UrlPatterns;

namespace Fonte.UriTemplates;

/// <summary>What the values of a variable expand to (RFC 6570, section 3.2.1): a text, a list, or pairs.</summary>
internal static class TemplateNodes
{
    private static readonly AsciiSet Unreserved = AsciiSet.OfRange('a', 'z') | AsciiSet.OfRange('A', 'Z') | AsciiSet.OfRange('0', '9') | AsciiSet.Of("-._~");
    private static readonly AsciiSet Reserved = AsciiSet.Of(":/?#[]@!$&'()*+,;=");
    private static readonly ExpressionNode Hex = Set(AsciiSet.OfRange('0', '9') | AsciiSet.OfRange('a', 'f') | AsciiSet.OfRange('A', 'F'));
    private static readonly ExpressionNode Octet = ExpressionNode.Sequence(ExpressionNode.Literal("%"), Hex, Hex);

    // A prefix counts characters and not octets (section 2.4.1), so that those which go on with one count for nothing.
    private static readonly ExpressionNode FirstOctet = ExpressionNode.Sequence(ExpressionNode.Literal("%"), Set(AsciiSet.Of("01234567CDEFcdef")), Hex);
    private static readonly ExpressionNode FurtherOctets = ExpressionNode.Repeat(ExpressionNode.Sequence(ExpressionNode.Literal("%"), Set(AsciiSet.Of("89ABab")), Hex), 0, null);

    /// <summary>What the variable expands to where it is defined, without what the operator puts before it.</summary>
    internal static ExpressionNode Of(TemplateVariable variable, TemplateOperator by)
    {
        var allowed = by.AllowsReserved ? Unreserved | Reserved : Unreserved;
        if (variable.Explode) return Exploded(allowed, by);
        // The comma stands between the values of a list.
        var character = variable.MaxLength > 0 ? ExpressionNode.Sequence(ExpressionNode.Choice([Set(allowed), FirstOctet]), FurtherOctets) : Character(allowed | AsciiSet.Of(","));
        int? most = variable.MaxLength > 0 ? variable.MaxLength : null;
        return by.IsNamed ? Named(ExpressionNode.Literal(variable.Name), character, most, by) : ExpressionNode.Repeat(character, 0, most);
    }

    private static ExpressionNode Exploded(AsciiSet allowed, TemplateOperator by)
    {
        var character = Character(allowed);
        var text = ExpressionNode.Repeat(character, 0, null);
        var pair = by.IsNamed ? Named(text, character, most: null, by) : ExpressionNode.Sequence(text, ExpressionNode.Literal("="), text);
        // Where values are named, the names of pairs stand in the place of the variable's: a list looks like pairs of that name.
        return by.IsNamed ? OneOrMore(pair, by) : ExpressionNode.Choice([OneOrMore(text, by), OneOrMore(pair, by)]);
    }

    private static ExpressionNode OneOrMore(ExpressionNode each, TemplateOperator by) =>
        ExpressionNode.Sequence(each, ExpressionNode.Repeat(ExpressionNode.Sequence(ExpressionNode.Literal(by.Separator), each), 0, null));

    private static ExpressionNode Named(ExpressionNode name, ExpressionNode character, int? most, TemplateOperator by)
    {
        var equals = ExpressionNode.Literal("=");
        return by.KeepsEquals
            ? ExpressionNode.Sequence(name, equals, ExpressionNode.Repeat(character, 0, most))
            : ExpressionNode.Sequence(name, ExpressionNode.Repeat(ExpressionNode.Sequence(equals, ExpressionNode.Repeat(character, 1, most)), 0, 1));
    }

    private static ExpressionNode Character(AsciiSet allowed) => ExpressionNode.Choice([Set(allowed), Octet]);

    private static CharacterNode Set(AsciiSet set) => new(Operation.Set, set);
}
