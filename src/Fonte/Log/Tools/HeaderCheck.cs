using System.Buffers.Binary;

namespace Fonte;

/// <summary>The database's header, whose fields SQLite believes (SQLite file format, section 1.3).</summary>
internal static class HeaderCheck
{
    private const int HeaderSize = 100;

    // Where, how long, what a log has there, and what it is. The other fields count something, or SQLite refuses the file when they are wrong.
    private static readonly (int Place, int Length, uint[] Expected, string Name)[] Fields =
    [
        (16, 2, [4096], "page size"),
        (18, 1, [2], "write version"),
        (19, 1, [2], "read version"),
        (20, 1, [0], "reserved space"),
        (21, 1, [64], "largest payload fraction"),
        (22, 1, [32], "smallest payload fraction"),
        (23, 1, [32], "leaf payload fraction"),
        (44, 4, [4], "schema format"),
        (48, 4, [0], "cache size"),
        (56, 4, [1], "text encoding"),
        (64, 4, [1], "incremental vacuum"),
        (72, 4, [0], "reserved field"),
        (76, 4, [0], "reserved field"),
        (80, 4, [0], "reserved field"),
        (84, 4, [0], "reserved field"),
        (88, 4, [0], "reserved field"),
    ];

    internal static void Run(LogSource source, Action<LogDamage> damaged)
    {
        // This very process may have the log open, and opening and closing the file would drop SQLite's locks (fcntl(2)).
        if (source.IsOpenElsewhere) return;
        Span<byte> header = stackalloc byte[HeaderSize];
        using (var file = File.OpenHandle(source.Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite))
        {
            if (RandomAccess.Read(file, header, 0) < HeaderSize) return;
        }
        foreach (var (place, length, expected, name) in Fields)
        {
            uint value = length switch { 1 => header[place], 2 => BinaryPrimitives.ReadUInt16BigEndian(header[place..]), _ => BinaryPrimitives.ReadUInt32BigEndian(header[place..]) };
            if (!expected.Contains(value)) damaged(new(null, $"The header of {source.Path} is damaged: its {name} (byte {place}) is {value}, not {expected[0]}."));
        }
    }
}
