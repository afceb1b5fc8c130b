using Fonte.Programs;

namespace Fonte.UriTemplates;

/// <summary>What the values of a variable expand to (RFC 6570, section 3.2.1): a text, a list, or pairs.</summary>
internal static class TemplateNodes
{
    private static readonly AsciiSet Unreserved = AsciiSet.OfRange('a', 'z') | AsciiSet.OfRange('A', 'Z') | AsciiSet.OfRange('0', '9') | AsciiSet.Of("-._~");
    private static readonly AsciiSet Reserved = AsciiSet.Of(":/?#[]@!$&'()*+,;=");
    private static readonly ExpressionNode Hex = Set(AsciiSet.OfRange('0', '9') | AsciiSet.OfRange('a', 'f') | AsciiSet.OfRange('A', 'F'));
    private static readonly ExpressionNode Octet = Sequence(ExpressionNode.Literal("%"), Hex, Hex);

    // A prefix counts characters and not octets (section 2.4.1): what is taken for one has the shape of one in UTF-8 (RFC 3629), and no octet more.
    //
    //   % ( 0-7 | ( C-D | ( E | F 0-4 % 8-B ) h % 8-B ) h % 8-B ) h
    private static readonly ExpressionNode Lead4 = Sequence(Set("Ff"), Set("01234"), Further());
    private static readonly ExpressionNode Lead3 = Sequence(ExpressionNode.Choice([Set("Ee"), Lead4]), Hex, Further());
    private static readonly ExpressionNode Lead2 = Sequence(ExpressionNode.Choice([Set("CDcd"), Lead3]), Hex, Further());
    private static readonly ExpressionNode Encoded = Sequence(ExpressionNode.Literal("%"), ExpressionNode.Choice([Set("01234567"), Lead2]), Hex);

    // Of its twenty instructions a match is in eight at most: behind a % in those that ask for a first octet, and one that asks for a further one; for where a character begins is told by itself.
    private const int IdleOfCharacter = 11;

    /// <summary>What the variable expands to where it is defined, without what the operator puts before it.</summary>
    internal static ExpressionNode Of(TemplateVariable variable, TemplateOperator by)
    {
        var allowed = by.AllowsReserved ? Unreserved | Reserved : Unreserved;
        if (variable.Explode) return Exploded(allowed, by);
        // The comma stands between the values of a list.
        var character = variable.MaxLength > 0 ? new NarrowNode(ExpressionNode.Choice([Set(allowed), Encoded]), IdleOfCharacter) : Character(allowed | AsciiSet.Of(","));
        int? most = variable.MaxLength > 0 ? variable.MaxLength : null;
        return by.IsNamed ? Named(ExpressionNode.Literal(variable.Name), character, most, by) : ExpressionNode.Repeat(character, 0, most);
    }

    private static ExpressionNode Exploded(AsciiSet allowed, TemplateOperator by)
    {
        var character = Character(allowed);
        var text = ExpressionNode.Repeat(character, 0, null);
        var pair = by.IsNamed ? Named(text, character, most: null, by) : Sequence(text, ExpressionNode.Literal("="), text);
        // Where values are named, the names of pairs stand in the place of the variable's: a list looks like pairs of that name.
        return by.IsNamed ? OneOrMore(pair, by) : ExpressionNode.Choice([OneOrMore(text, by), OneOrMore(pair, by)]);
    }

    private static ExpressionNode OneOrMore(ExpressionNode each, TemplateOperator by) =>
        Sequence(each, ExpressionNode.Repeat(Sequence(ExpressionNode.Literal(by.Separator), each), 0, null));

    private static ExpressionNode Named(ExpressionNode name, ExpressionNode character, int? most, TemplateOperator by)
    {
        var equals = ExpressionNode.Literal("=");
        return by.KeepsEquals
            ? Sequence(name, equals, ExpressionNode.Repeat(character, 0, most))
            : Sequence(name, ExpressionNode.Repeat(Sequence(equals, ExpressionNode.Repeat(character, 1, most)), 0, 1));
    }

    private static ExpressionNode Character(AsciiSet allowed) => ExpressionNode.Choice([Set(allowed), Octet]);

    private static ExpressionNode Further() => Sequence(ExpressionNode.Literal("%"), Set("89ABab"));

    private static ExpressionNode Sequence(params ReadOnlySpan<ExpressionNode> nodes) => ExpressionNode.Sequence(nodes);

    private static CharacterNode Set(string characters) => Set(AsciiSet.Of(characters));

    private static CharacterNode Set(AsciiSet set) => new(Operation.Set, set);
}
