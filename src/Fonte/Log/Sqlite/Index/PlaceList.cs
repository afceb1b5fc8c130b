using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Fonte;

/// <summary>The places of a topic's events in one block, as they stand in the index.</summary>
/// <remarks>
/// <code>
/// checksum (4 bytes: CRC-32C over block, topic and places)   place (2 bytes) place place …    all little-endian, places rising
/// </code>
/// </remarks>
internal static class PlaceList
{
    private const int ChecksumLength = sizeof(uint);

    /// <summary>The most bytes of a list: every event of the block.</summary>
    internal const int MaxLength = ChecksumLength + Block.Length * sizeof(ushort);

    /// <summary>Writes the list into a buffer of <see cref="MaxLength"/>; returns what of it was written.</summary>
    internal static ReadOnlySpan<byte> Encode(long block, string topic, ReadOnlySpan<ushort> places, byte[] buffer)
    {
        var bytes = buffer.AsSpan(0, ChecksumLength + places.Length * sizeof(ushort));
        for (var i = 0; i < places.Length; i++) BinaryPrimitives.WriteUInt16LittleEndian(bytes[(ChecksumLength + i * sizeof(ushort))..], places[i]);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, Checksum(block, topic, bytes[ChecksumLength..]));
        return bytes;
    }

    /// <summary>Adds the offsets in the list; false when the list is not as it was written.</summary>
    internal static bool TryDecode(long block, string topic, ReadOnlySpan<byte> bytes, List<long> offsets)
    {
        if (bytes.Length < ChecksumLength || BinaryPrimitives.ReadUInt32LittleEndian(bytes) != Checksum(block, topic, bytes[ChecksumLength..])) return false;
        var start = Block.Start(block);
        for (var rest = bytes[ChecksumLength..]; rest.Length >= sizeof(ushort); rest = rest[sizeof(ushort)..])
            offsets.Add(start + BinaryPrimitives.ReadUInt16LittleEndian(rest));
        return true;
    }

    private static uint Checksum(long block, string topic, ReadOnlySpan<byte> places)
    {
        var sum = BitOperations.Crc32C(uint.MaxValue, (ulong)block);
        return Add(Add(sum, MemoryMarshal.AsBytes(topic.AsSpan())), places);
    }

    private static uint Add(uint sum, ReadOnlySpan<byte> bytes)
    {
        for (; bytes.Length >= sizeof(ulong); bytes = bytes[sizeof(ulong)..]) sum = BitOperations.Crc32C(sum, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        foreach (var one in bytes) sum = BitOperations.Crc32C(sum, one);
        return sum;
    }
}
