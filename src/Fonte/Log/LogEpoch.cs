namespace Fonte;

/// <summary>One identity of a log and the first offset written under it.</summary>
/// <param name="Epoch">10 to 13 lower-case base32 characters (RFC 4648, section 6), random.</param>
/// <param name="FirstOffset">The first offset that belongs to it.</param>
public sealed record LogEpoch(string Epoch, long FirstOffset)
{
    internal const string Alphabet = "abcdefghijklmnopqrstuvwxyz234567";
    private const int Length = 12;

    // 12 characters are 60 random bits: two logs of one user never meet, and the ID stays short on the wire.
    // A GUID's random bytes rather than a cryptographic generator: it must differ, not be secret, and OpenSSL would be loaded for it (4 MB at the start).
    internal static string Create()
    {
        Span<byte> random = stackalloc byte[16];
        Guid.NewGuid().TryWriteBytes(random);
        // Without the bytes that hold the version and the variant (RFC 9562, section 4).
        var bits = System.Buffers.Binary.BinaryPrimitives.ReadUInt64LittleEndian(random[8..]) >> 8;
        bits ^= (ulong)random[0] << 52;
        return string.Create(Length, bits, static (text, rest) =>
        {
            for (var i = 0; i < text.Length; i++, rest >>= 5) text[i] = Alphabet[(int)(rest & 31)];
        });
    }
}

/// <summary>Who a log is: its epoch, and the epochs it had before, oldest first.</summary>
/// <remarks>An epoch ends where the next begins, so a cursor of an older epoch stays valid below that offset.</remarks>
/// <param name="Lineage">At least one; the last is the current epoch.</param>
public sealed record LogIdentity(IReadOnlyList<LogEpoch> Lineage)
{
    /// <summary>The epoch under which events are appended now.</summary>
    public string Epoch => Lineage[^1].Epoch;

    /// <summary>The position at an offset, under the epoch to which the offset belongs: an event keeps its ID when the epoch changes.</summary>
    public Position At(long offset)
    {
        var i = Lineage.Count - 1;
        while (i > 0 && Lineage[i].FirstOffset > offset) i--;
        return new(Lineage[i].Epoch, offset);
    }

    /// <summary>Whether the position names a place of this log's own history.</summary>
    public bool Includes(Position position)
    {
        for (var i = Lineage.Count - 1; i >= 0; i--)
        {
            if (Lineage[i].Epoch != position.Epoch) continue;
            return i == Lineage.Count - 1 || position.Offset < Lineage[i + 1].FirstOffset;
        }
        return false;
    }

    internal static LogIdentity New() => new([new LogEpoch(LogEpoch.Create(), 1)]);
}
