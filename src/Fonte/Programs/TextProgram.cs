using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Fonte.Programs;

/// <summary>A pattern or template as a program for a machine that is in many places at once: its time is linear in the text, whatever the pattern (R. Cox, "Regular Expression Matching: the Virtual Machine Approach"; CWE-1333).</summary>
/// <remarks>
/// The text before the first of its wildcards is compared as a text, and only what stands behind becomes instructions. Its memory is these, their sets and that text; what a
/// match needs beside is on the stack, and is a few bytes an instruction.
/// </remarks>
internal sealed partial class TextProgram
{
    /// <summary>Most instructions that a pattern may become, since each may be visited once a character of a topic (CWE-400).</summary>
    internal const int MostCounted = 500;

    private readonly string _text;
    private readonly Instruction[] _code;
    private readonly ulong[] _sets;
    private readonly int _start;
    private readonly int _splits;
    private readonly bool _asserts;
    private readonly TextOptions _options;

    internal TextProgram(string text, Instruction[] code, ulong[] sets, int start, TextOptions options)
    {
        (_text, _code, _sets, _start, _options) = (text, code, sets, start, options);
        foreach (var instruction in code)
        {
            if (instruction.Operation == Operation.Split) _splits++;
            _asserts |= instruction.Operation == Operation.Assert;
        }
    }

    /// <summary>How many groups it has.</summary>
    internal required int Groups { get; init; }

    /// <summary>In how many instructions a match can be at once at most.</summary>
    internal required int Counted { get; init; }

    /// <summary>How many bytes it holds, whatever it is matched with.</summary>
    internal int Bytes => (_text.Length * sizeof(char)) + (_code.Length * Unsafe.SizeOf<Instruction>()) + (_sets.Length * sizeof(ulong));

    /// <summary>Whether the whole text matches.</summary>
    internal bool IsMatch(ReadOnlySpan<char> text)
    {
        if (!Begins(text)) return false;
        if (_start == 0) return text.Length == _text.Length;
        // Two sets of places, each a bit an instruction, and the places that still have to be followed: less than two kilobytes, as instructions are limited.
        var words = (_code.Length + 63) / 64;
        Span<ulong> scratch = stackalloc ulong[(words * 2) + ((_splits + 3) / 4)];
        scratch.Clear();
        return IsMatch(text, scratch[..words], scratch.Slice(words, words), MemoryMarshal.Cast<ulong, ushort>(scratch[(words * 2)..]));
    }

    private bool Begins(ReadOnlySpan<char> text) => text.StartsWith(_text, _options.IgnoreCase ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal);

    private bool IsMatch(ReadOnlySpan<char> text, Span<ulong> now, Span<ulong> next, Span<ushort> waiting)
    {
        Reach(now, waiting, _start, HoldsAt(text, _text.Length));
        var code = _code;
        for (var i = _text.Length; i < text.Length; i++)
        {
            next.Clear();
            var holds = HoldsAt(text, i + 1);
            var isAlive = false;
            for (var word = 0; word < now.Length; word++)
            {
                for (var bits = now[word]; bits != 0; bits &= bits - 1)
                {
                    ref readonly var instruction = ref code[(word * 64) + BitOperations.TrailingZeroCount(bits)];
                    if (!Takes(in instruction, text[i])) continue;
                    isAlive = true;
                    int to = instruction.Next;
                    // Most lead to the next character, and a call takes longer than that.
                    if (code[to].IsFollowed) Reach(next, waiting, to, holds);
                    else next[to / 64] |= 1UL << to;
                }
            }
            if (!isAlive) return false;
            var swap = now;
            now = next;
            next = swap;
        }
        return (now[0] & 1) != 0;
    }

    private bool Takes(in Instruction instruction, char c) => instruction.Operation switch
    {
        Operation.Character => instruction.Argument == c || (_options.IgnoreCase && char.IsAsciiLetter(c) && (instruction.Argument ^ c) == 0x20),
        Operation.Set => c < 128 && (_sets[(instruction.Argument * 2) + (c / 64)] & (1UL << c)) != 0,
        Operation.NotDelimiter => c != _options.Delimiter || _options.Delimiter == '\0',
        Operation.Any => true,
        _ => false,
    };

    private void Reach(Span<ulong> places, Span<ushort> waiting, int at, Assertion holds)
    {
        var code = _code;
        var left = 0;
        while (true)
        {
            ref var word = ref places[at / 64];
            var bit = 1UL << at;
            if ((word & bit) == 0)
            {
                word |= bit;
                ref readonly var instruction = ref code[at];
                if (instruction.IsFollowed)
                {
                    at = instruction.Next;
                    if (instruction.Operation == Operation.Split) waiting[left++] = instruction.Argument;
                    if (instruction.Operation != Operation.Assert || ((int)holds & instruction.Argument) != 0) continue;
                }
            }
            if (left == 0) return;
            at = waiting[--left];
        }
    }

    private Assertion HoldsAt(ReadOnlySpan<char> text, int index)
    {
        if (!_asserts) return Assertion.None;
        var isBoundary = (index > 0 && IsWord(text[index - 1])) != (index < text.Length && IsWord(text[index]));
        return (index == 0 ? Assertion.Start : 0) | (index == text.Length ? Assertion.End : 0) | (isBoundary ? Assertion.WordBoundary : Assertion.NotWordBoundary);
    }

    private static bool IsWord(char c) => char.IsAsciiLetterOrDigit(c) || c == '_';
}
