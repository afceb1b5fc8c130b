using System.Buffers.Binary;

namespace Fonte;

/// <summary>
/// The write-ahead log that a killed server left. SQLite takes its frames up to the first that is not whole, and says nothing of the rest: a damaged
/// frame hides the commits behind it (SQLite file format, section 4).
/// </summary>
/// <remarks>
/// A power cut may leave the last commit, which was never acknowledged, half written; so a broken frame is damage when two commits stand at it or
/// behind it, or one in the boot of the machine in which the log was open.
/// </remarks>
internal static class WriteAheadLogCheck
{
    private const int HeaderSize = 32;
    private const int FrameHeaderSize = 24;
    private const uint Magic = 0x377F0682;

    internal static void Run(LogSource source, Action<LogDamage> damaged)
    {
        var path = source.Path + "-wal";
        if (new FileInfo(path) is not { Exists: true, Length: > HeaderSize }) return;
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var header = new byte[HeaderSize];
        file.ReadExactly(header);
        var pageSize = BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(8));
        var sums = new Sums(IsBigEndian: (header[3] & 1) != 0);
        sums.Add(header.AsSpan(0, 24));
        if ((BinaryPrimitives.ReadUInt32BigEndian(header) & ~1u) != Magic || !sums.AreAt(header.AsSpan(24)) || pageSize is < 512 or > 65_536)
        {
            damaged(new(null, $"The write-ahead log {path} is damaged: its header does not fit its checksum, so none of its commits count."));
            return;
        }
        var (broken, commits) = Scan(file, header.AsSpan(16, 8).ToArray(), new byte[FrameHeaderSize + pageSize], sums);
        if (commits > 1 || (commits == 1 && SqliteLogState.LastBoot(source.Connection) == SqliteLogState.CurrentBoot()))
            damaged(new(null, $"The write-ahead log {path} is damaged at frame {broken}: {commits} commits from there on are lost."));
    }

    // The first frame of this log that is not as it was written, and how many commits are lost with it.
    private static (long Broken, long Commits) Scan(FileStream file, byte[] salts, byte[] frame, Sums sums)
    {
        var broken = 0L;
        var commits = 0L;
        for (var number = 1L; file.ReadAtLeast(frame, frame.Length, throwOnEndOfStream: false) == frame.Length; number++)
        {
            var isOfThisLog = frame.AsSpan(8, 8).SequenceEqual(salts);
            if (broken == 0)
            {
                sums.Add(frame.AsSpan(0, 8));
                sums.Add(frame.AsSpan(FrameHeaderSize));
                if (isOfThisLog && sums.AreAt(frame.AsSpan(16))) continue;
                broken = number;
            }
            if (isOfThisLog && BinaryPrimitives.ReadUInt32BigEndian(frame.AsSpan(4)) != 0) commits++;
        }
        return (broken, commits);
    }

    /// <summary>The running checksum of a write-ahead log.</summary>
    private sealed record Sums(bool IsBigEndian)
    {
        private uint _first;
        private uint _second;

        internal void Add(ReadOnlySpan<byte> bytes)
        {
            for (; bytes.Length >= 8; bytes = bytes[8..])
            {
                _first += Word(bytes) + _second;
                _second += Word(bytes[4..]) + _first;
            }
        }

        internal bool AreAt(ReadOnlySpan<byte> stored) =>
            BinaryPrimitives.ReadUInt32BigEndian(stored) == _first && BinaryPrimitives.ReadUInt32BigEndian(stored[4..]) == _second;

        private uint Word(ReadOnlySpan<byte> bytes) => IsBigEndian ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt32LittleEndian(bytes);
    }
}
