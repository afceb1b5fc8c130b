namespace Fonte.UrlPatterns;

/// <summary>A component's parts as a program for a machine that is in many places at once: its time is linear in the text, whatever the pattern (R. Cox, "Regular Expression Matching: the Virtual Machine Approach").</summary>
/// <remarks>It holds what the parts mean as a regular expression in the standard, with the same choice between several ways to match.</remarks>
internal sealed class ComponentProgram
{
    private readonly Instruction[] _code;
    private readonly int _groups;
    private readonly PatternOptions _options;

    private ComponentProgram(Instruction[] code, int groups, PatternOptions options) => (_code, _groups, _options) = (code, groups, options);

    private enum Operation : byte
    {
        /// <summary>One character, the argument.</summary>
        Character,

        /// <summary>One character that is not the delimiter.</summary>
        NotDelimiter,

        /// <summary>One character.</summary>
        Any,

        /// <summary>Goes on behind, and if that fails at the argument.</summary>
        Split,

        /// <summary>Goes on at the argument, and if that fails behind.</summary>
        SplitLast,

        /// <summary>Goes on at the argument.</summary>
        Jump,

        /// <summary>Notes the place in the text: the argument is twice the group, and one more at its end.</summary>
        Save,

        /// <summary>Matches, at the end of the text.</summary>
        Accept,
    }

    /// <summary>How many instructions it has.</summary>
    internal int Length => _code.Length;

    /// <summary>The program of parts, none of which is a regular expression.</summary>
    internal static ComponentProgram Of(IReadOnlyList<PatternPart> parts, PatternOptions options)
    {
        var writer = new Writer();
        var groups = 0;
        foreach (var part in parts)
        {
            if (part.Type == PatternPartType.FixedText) writer.Repeat(part.Modifier, () => writer.Text(part.Value));
            else writer.Group(part, groups++);
        }
        writer.Add(Operation.Accept);
        return new([.. writer.Code], groups, options);
    }

    /// <summary>Whether the whole text matches.</summary>
    internal bool IsMatch(ReadOnlySpan<char> text)
    {
        // Two sets of places, each a bit an instruction.
        var words = (_code.Length + 63) / 64;
        Span<ulong> places = words <= 16 ? stackalloc ulong[words * 2] : new ulong[words * 2];
        places.Clear();
        var now = places[..words];
        var next = places[words..];
        Reach(now, 0);
        foreach (var c in text)
        {
            next.Clear();
            var isAlive = false;
            for (var word = 0; word < words; word++)
            {
                for (var bits = now[word]; bits != 0; bits &= bits - 1)
                {
                    var at = (word * 64) + System.Numerics.BitOperations.TrailingZeroCount(bits);
                    if (!Takes(_code[at], c)) continue;
                    Reach(next, at + 1);
                    isAlive = true;
                }
            }
            if (!isAlive) return false;
            var swap = now;
            now = next;
            next = swap;
        }
        var last = _code.Length - 1;
        return (now[last / 64] & (1UL << (last % 64))) != 0;
    }

    /// <summary>Matches the whole text and returns what each group matched, null for one that took no part; or null.</summary>
    internal string?[]? Match(string text)
    {
        var now = new Threads(_code.Length);
        var next = new Threads(_code.Length);
        Follow(now, 0, 0, Unset());
        for (var i = 0; i < text.Length; i++)
        {
            next.Clear();
            foreach (var (at, saved) in now.List)
            {
                if (Takes(_code[at], text[i])) Follow(next, at + 1, i + 1, saved);
            }
            (now, next) = (next, now);
        }
        foreach (var (at, saved) in now.List)
        {
            if (_code[at].Operation == Operation.Accept) return GroupsOf(text, saved);
        }
        return null;
    }

    private int[] Unset()
    {
        var saved = new int[_groups * 2];
        Array.Fill(saved, -1);
        return saved;
    }

    private string?[] GroupsOf(string text, int[] saved)
    {
        var groups = new string?[_groups];
        for (var i = 0; i < _groups; i++)
        {
            if (saved[i * 2] >= 0 && saved[(i * 2) + 1] >= 0) groups[i] = text[saved[i * 2]..saved[(i * 2) + 1]];
        }
        return groups;
    }

    private bool Takes(Instruction instruction, char c) => instruction.Operation switch
    {
        Operation.Character => instruction.Argument == c || (_options.IgnoreCase && char.IsAsciiLetter(c) && (instruction.Argument ^ c) == 0x20),
        Operation.NotDelimiter => c != _options.Delimiter || _options.Delimiter == '\0',
        Operation.Any => true,
        _ => false,
    };

    private void Reach(Span<ulong> places, int at)
    {
        while (true)
        {
            ref var word = ref places[at / 64];
            var bit = 1UL << (at % 64);
            if ((word & bit) != 0) return;
            word |= bit;
            switch (_code[at].Operation)
            {
                case Operation.Jump: at = _code[at].Argument; break;
                case Operation.Save: at++; break;
                case Operation.Split or Operation.SplitLast:
                    Reach(places, _code[at].Argument);
                    at++;
                    break;
                default: return;
            }
        }
    }

    private void Follow(Threads threads, int at, int position, int[] saved)
    {
        if (!threads.TryVisit(at)) return;
        switch (_code[at].Operation)
        {
            case Operation.Jump:
                Follow(threads, _code[at].Argument, position, saved);
                break;
            case Operation.Split:
                Follow(threads, at + 1, position, saved);
                Follow(threads, _code[at].Argument, position, saved);
                break;
            case Operation.SplitLast:
                Follow(threads, _code[at].Argument, position, saved);
                Follow(threads, at + 1, position, saved);
                break;
            case Operation.Save:
                var noted = (int[])saved.Clone();
                noted[_code[at].Argument] = position;
                Follow(threads, at + 1, position, noted);
                break;
            default:
                threads.List.Add((at, saved));
                break;
        }
    }

    private readonly record struct Instruction(Operation Operation, int Argument);

    /// <summary>The places of one step in the order of their precedence, each once.</summary>
    private sealed class Threads(int length)
    {
        private readonly bool[] _visited = new bool[length];

        internal List<(int At, int[] Saved)> List { get; } = [];

        internal bool TryVisit(int at) => !_visited[at] && (_visited[at] = true);

        internal void Clear()
        {
            Array.Clear(_visited);
            List.Clear();
        }
    }

    private sealed class Writer
    {
        internal List<Instruction> Code { get; } = [];

        internal void Add(Operation operation, int argument = 0) => Code.Add(new(operation, argument));

        internal void Text(string text)
        {
            foreach (var c in text) Add(Operation.Character, c);
        }

        internal void Repeat(PatternModifier modifier, Action body)
        {
            var start = Code.Count;
            if (modifier is PatternModifier.Optional or PatternModifier.ZeroOrMore) Add(Operation.Split);
            body();
            if (modifier == PatternModifier.ZeroOrMore) Add(Operation.Jump, start);
            if (modifier == PatternModifier.OneOrMore) Add(Operation.SplitLast, start);
            if (modifier is PatternModifier.Optional or PatternModifier.ZeroOrMore) Code[start] = new(Operation.Split, Code.Count);
        }

        // The forms of the standard, "generate a regular expression and name list".
        internal void Group(PatternPart part, int group)
        {
            var isRepeated = part.Modifier is PatternModifier.ZeroOrMore or PatternModifier.OneOrMore;
            if (!isRepeated)
            {
                Repeat(part.Modifier, () =>
                {
                    Text(part.Prefix);
                    Saved(group, () => Wildcard(part.Type));
                    Text(part.Suffix);
                });
            }
            else if (part.Prefix.Length == 0 && part.Suffix.Length == 0)
            {
                Saved(group, () => Repeat(part.Modifier, () => Wildcard(part.Type)));
            }
            else
            {
                Repeat(part.Modifier == PatternModifier.ZeroOrMore ? PatternModifier.Optional : PatternModifier.None, () =>
                {
                    Text(part.Prefix);
                    Saved(group, () =>
                    {
                        Wildcard(part.Type);
                        Repeat(PatternModifier.ZeroOrMore, () =>
                        {
                            Text(part.Suffix);
                            Text(part.Prefix);
                            Wildcard(part.Type);
                        });
                    });
                    Text(part.Suffix);
                });
            }
        }

        private void Saved(int group, Action body)
        {
            Add(Operation.Save, group * 2);
            body();
            Add(Operation.Save, (group * 2) + 1);
        }

        private void Wildcard(PatternPartType type)
        {
            var start = Code.Count;
            if (type == PatternPartType.FullWildcard)
            {
                Add(Operation.Split, start + 3);
                Add(Operation.Any);
                Add(Operation.Jump, start);
            }
            else
            {
                Add(Operation.NotDelimiter);
                // As few as possible: first on, then once more.
                Add(Operation.Split, start);
            }
        }
    }
}
