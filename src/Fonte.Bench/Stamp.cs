using System.Buffers.Binary;

namespace Fonte.Bench;

/// <summary>What a published event's data begins with: which lane sent it, its place in that lane's topic, and when.</summary>
/// <remarks>
/// Fixed width, so that it is written in place and read without a search:
/// <code>
/// lane  sequence  timestamp
/// 0003  0000002a  000001f3a2b4c5d6   hexadecimal, no separators
/// </code>
/// </remarks>
internal readonly record struct Stamp(int Lane, uint Sequence, long Timestamp)
{
    public const int Length = 4 + 8 + 16;

    public void Write(Span<byte> destination)
    {
        Span<byte> binary = stackalloc byte[Length / 2];
        BinaryPrimitives.WriteUInt16BigEndian(binary, (ushort)Lane);
        BinaryPrimitives.WriteUInt32BigEndian(binary[2..], Sequence);
        BinaryPrimitives.WriteInt64BigEndian(binary[6..], Timestamp);
        Convert.TryToHexStringLower(binary, destination, out _);
    }

    /// <summary>Reads the first stamp in data that begins with something else, such as JSON around it.</summary>
    public static bool TryFind(ReadOnlySpan<byte> data, out Stamp stamp)
    {
        do
        {
            if (TryRead(data, out stamp)) return true;
            if (data.Length <= Length) return false;
            data = data[1..];
        }
        while (true);
    }

    public static bool TryRead(ReadOnlySpan<byte> data, out Stamp stamp)
    {
        stamp = default;
        Span<byte> binary = stackalloc byte[Length / 2];
        if (data.Length < Length ||
            Convert.FromHexString(data[..Length], binary, out _, out _) != System.Buffers.OperationStatus.Done)
        {
            return false;
        }

        stamp = new Stamp(
            BinaryPrimitives.ReadUInt16BigEndian(binary),
            BinaryPrimitives.ReadUInt32BigEndian(binary[2..]),
            BinaryPrimitives.ReadInt64BigEndian(binary[6..]));
        return true;
    }
}
