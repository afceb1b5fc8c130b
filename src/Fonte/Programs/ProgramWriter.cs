namespace Fonte.Programs;

/// <summary>Writes a tree as instructions, from its end to its beginning: what is written knows where it goes on.</summary>
internal sealed class ProgramWriter
{
    private const ushort Accept = 0;
    private const ushort Fail = 1;

    private readonly List<Instruction> _code = [new(Operation.Accept, 0, 0), new(Operation.Fail, 0, 0)];
    private readonly string _tooMany;
    private Dictionary<AsciiSet, int>? _sets;
    private int _counted;
    private int _groups;

    private ProgramWriter(string tooMany) => _tooMany = tooMany;

    /// <summary>The program of a text and what stands behind it.</summary>
    /// <param name="start">The text with which all texts begin that match.</param>
    /// <param name="node">What stands behind.</param>
    /// <param name="options">What is special in these texts.</param>
    /// <param name="tooMany">What is said when it becomes more instructions than a program may have.</param>
    /// <exception cref="PatternException">It does.</exception>
    internal static TextProgram Write(string start, ExpressionNode node, TextOptions options, string tooMany)
    {
        var writer = new ProgramWriter(tooMany);
        var first = writer.Write(node, Accept);
        return new(start, [.. writer._code], writer.Sets(), first, options)
        {
            Groups = writer._groups,
            Counted = writer._counted,
        };
    }

    private ulong[] Sets()
    {
        if (_sets is null) return [];
        var words = new ulong[_sets.Count * 2];
        foreach (var (set, number) in _sets) (words[number * 2], words[(number * 2) + 1]) = ((ulong)set.Bits, (ulong)(set.Bits >> 64));
        return words;
    }

    private ushort Add(Operation operation, ushort next, int argument = 0) => Add(new(operation, next, (ushort)argument));

    private ushort Add(Instruction instruction)
    {
        if (++_counted > TextProgram.MostCounted) throw new PatternException(_tooMany);
        _code.Add(instruction);
        return (ushort)(_code.Count - 1);
    }

    // Returns where it begins.
    private ushort Write(ExpressionNode node, ushort next)
    {
        switch (node)
        {
            case TextNode { Text: var text }:
                for (var i = text.Length - 1; i >= 0; i--) next = Add(Operation.Character, next, text[i]);
                return next;
            case CharacterNode { Operation: Operation.Set, Set: var set }: return Add(Operation.Set, next, NumberOf(set));
            case CharacterNode { Operation: var operation }: return Add(operation, next);
            case AssertionNode { Assertion: var assertion }: return Add(Operation.Assert, next, (int)assertion);
            case SequenceNode { Nodes: var nodes }:
                for (var i = nodes.Count - 1; i >= 0; i--) next = Write(nodes[i], next);
                return next;
            case ChoiceNode { Nodes: var nodes }: return Choice(nodes, next);
            case RepeatNode repeat: return Repeat(repeat, next);
            case ListNode list: return List(list, next);
            case GroupNode { Group: var group, Node: var held }:
                _groups = Math.Max(_groups, group + 1);
                return Add(Operation.Save, Write(held, Add(Operation.Save, next, (group * 2) + 1)), group * 2);
            case NarrowNode narrow:
                _counted -= narrow.Idle;
                return Write(narrow.Node, next);
            default: throw new InvalidOperationException("A node of no kind.");
        }
    }

    private int NumberOf(AsciiSet set)
    {
        _sets ??= [];
        if (!_sets.TryGetValue(set, out var number)) _sets.Add(set, number = _sets.Count);
        return number;
    }

    private ushort Choice(IReadOnlyList<ExpressionNode> nodes, ushort next)
    {
        var start = Write(nodes[^1], next);
        for (var i = nodes.Count - 2; i >= 0; i--) start = Add(Operation.Split, Write(nodes[i], next), start);
        return start;
    }

    // Each item is written once, and reached as the first and as one of those that follow.
    private ushort List(ListNode list, ushort next)
    {
        var (none, some) = (next, next);
        for (var i = list.Items.Count - 1; i >= 0; i--)
        {
            var item = Write(list.Items[i], some);
            none = Add(Operation.Split, Write(ExpressionNode.Literal(list.First), item), none);
            if (i > 0) some = Add(Operation.Split, Write(ExpressionNode.Literal(list.Separator), item), some);
        }
        return none;
    }

    // ECMA-262, "RepeatMatcher": what need not be repeated is not repeated for nothing.
    private ushort Repeat(RepeatNode repeat, ushort next)
    {
        var (node, least, most, isLazy) = (repeat.Node, repeat.Least, repeat.Most, repeat.IsLazy);
        var start = next;
        for (var i = least; i < most; i++) start = Add(Split(NonEmpty(node, start), next, isLazy));
        if (most is null)
        {
            start = Add(default);
            var body = NonEmpty(node, start);
            _code[start] = Split(body, next, isLazy);
            if (least > 0 && !node.MayBeEmpty)
            {
                least--;
                start = body;
            }
        }
        for (; least > 0; least--) start = Write(node, start);
        return start;
    }

    private static Instruction Split(ushort body, ushort next, bool isLazy) => isLazy ? new(Operation.Split, next, body) : new(Operation.Split, body, next);

    // The same without the ways that take no character; so that no instruction leads back to itself without one.
    private ushort NonEmpty(ExpressionNode node, ushort next)
    {
        var start = Write(node, next);
        return node.MayBeEmpty ? WithoutEmptyWays(start, next, []) : start;
    }

    // Once a character is taken the ways are those that were there; so only what lies before is written again.
    private ushort WithoutEmptyWays(ushort at, ushort end, Dictionary<ushort, ushort> known)
    {
        if (at == end) return Fail;
        if (known.TryGetValue(at, out var copy)) return copy;
        var instruction = _code[at];
        copy = at;
        if (instruction.IsFollowed)
        {
            var next = WithoutEmptyWays(instruction.Next, end, known);
            var argument = instruction.Operation == Operation.Split ? WithoutEmptyWays(instruction.Argument, end, known) : instruction.Argument;
            if (instruction.Operation == Operation.Split && argument == Fail) copy = next;
            else if (next == Fail) copy = instruction.Operation == Operation.Split ? argument : Fail;
            else if (next != instruction.Next || argument != instruction.Argument) copy = Add(instruction.Operation, next, argument);
        }
        known[at] = copy;
        return copy;
    }
}
