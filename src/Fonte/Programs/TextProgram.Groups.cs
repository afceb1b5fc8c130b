namespace Fonte.Programs;

/// <summary>What the groups matched: asked by who looks at one topic, and not for each event.</summary>
internal sealed partial class TextProgram
{
    /// <summary>Matches the whole text and returns what each group matched, null for one that took no part; or null.</summary>
    internal string?[]? Match(string text)
    {
        if (!Begins(text)) return null;
        var now = new Ways(_code.Length);
        var next = new Ways(_code.Length);
        Follow(now, _start, text, _text.Length, Unset());
        for (var i = _text.Length; i < text.Length; i++)
        {
            next.Clear();
            foreach (var (at, saved) in now.List)
            {
                if (Takes(in _code[at], text[i])) Follow(next, _code[at].Next, text, i + 1, saved);
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
        var saved = new int[Groups * 2];
        Array.Fill(saved, -1);
        return saved;
    }

    private string?[] GroupsOf(string text, int[] saved)
    {
        var groups = new string?[Groups];
        for (var i = 0; i < Groups; i++)
        {
            if (saved[i * 2] >= 0 && saved[(i * 2) + 1] >= 0) groups[i] = text[saved[i * 2]..saved[(i * 2) + 1]];
        }
        return groups;
    }

    // In the order of precedence: what is preferred is followed to its end before the other is taken up.
    private void Follow(Ways ways, int start, string text, int position, int[] savedBefore)
    {
        var holds = HoldsAt(text, position);
        ways.Waiting.Push((start, savedBefore));
        while (ways.Waiting.TryPop(out var way))
        {
            var (at, saved) = way;
            if (!ways.TryVisit(at)) continue;
            var instruction = _code[at];
            switch (instruction.Operation)
            {
                case Operation.Split:
                    ways.Waiting.Push((instruction.Argument, saved));
                    ways.Waiting.Push((instruction.Next, saved));
                    break;
                case Operation.Save:
                    var noted = (int[])saved.Clone();
                    noted[instruction.Argument] = position;
                    ways.Waiting.Push((instruction.Next, noted));
                    break;
                case Operation.Assert:
                    if (((int)holds & instruction.Argument) != 0) ways.Waiting.Push((instruction.Next, saved));
                    break;
                default:
                    ways.List.Add((at, saved));
                    break;
            }
        }
    }

    /// <summary>The places of one step in the order of their precedence, each once.</summary>
    private sealed class Ways(int length)
    {
        private readonly bool[] _visited = new bool[length];

        internal List<(int At, int[] Saved)> List { get; } = [];

        internal Stack<(int At, int[] Saved)> Waiting { get; } = [];

        internal bool TryVisit(int at) => !_visited[at] && (_visited[at] = true);

        internal void Clear()
        {
            Array.Clear(_visited);
            List.Clear();
        }
    }
}
