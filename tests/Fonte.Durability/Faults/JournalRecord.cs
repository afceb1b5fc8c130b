using System.Buffers.Binary;
using System.Text;

namespace Fonte.Durability;

/// <summary>What the shim saw the server do; the numbers are the shim's.</summary>
internal enum JournalKind
{
    Opened = 1,
    Created,
    Wrote,
    Resized,
    Synced,
    SyncFailed,
    Linked,
    Renamed,
    Unlinked,
    FolderSynced,
}

/// <summary>One change of a watched file, with what was there before; <c>shim/faults.c</c> writes it.</summary>
/// <param name="Place">Where it begins in its journal.</param>
/// <param name="Kind">What happened.</param>
/// <param name="File">The file's inode.</param>
/// <param name="Offset">Where it wrote; the new size; for a sync, the place in the journal up to which it counts.</param>
/// <param name="OldSize">The file's size before.</param>
/// <param name="New">The bytes written.</param>
/// <param name="Old">The bytes overwritten or cut off.</param>
/// <param name="Names">Paths.</param>
internal sealed record JournalRecord(
    long Place, JournalKind Kind, ulong File, long Offset, long OldSize, ReadOnlyMemory<byte> New, ReadOnlyMemory<byte> Old, string[] Names)
{
    private const int HeadSize = 48;

    /// <summary>Reads a journal; what the killed process did not finish writing is left out.</summary>
    public static IEnumerable<JournalRecord> Read(ReadOnlyMemory<byte> journal)
    {
        for (var place = 0; journal.Length - place >= HeadSize;)
        {
            var head = journal.Span[place..];
            var kind = (JournalKind)BinaryPrimitives.ReadUInt32LittleEndian(head);
            var text = checked((int)BinaryPrimitives.ReadUInt32LittleEndian(head[4..]));
            var (newLength, oldLength) = (checked((int)Number(head[24..])), checked((int)Number(head[32..])));
            var whole = HeadSize + text + newLength + oldLength;
            if (journal.Length - place < whole)
                yield break;
            var rest = journal[(place + HeadSize)..(place + whole)];
            yield return new JournalRecord(place, kind, BinaryPrimitives.ReadUInt64LittleEndian(head[8..]), Number(head[16..]), Number(head[40..]),
                rest[text..(text + newLength)], rest[(text + newLength)..], Encoding.UTF8.GetString(rest.Span[..text]).Split('\0')[..^1]);
            place += whole;
        }
    }

    private static long Number(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadInt64LittleEndian(bytes);
}
