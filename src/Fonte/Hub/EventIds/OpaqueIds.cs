using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;

namespace Fonte;

/// <summary>Encrypted positions: <c>urn:fonte:x:</c> and 26 base32 characters, one block of AES-256 (FIPS 197) with the offset and a mark of the epoch.</summary>
/// <remarks>
/// The same place has the same ID always, so that it is encoded once for all subscribers, and IDs outlive a restart. The mark, 64 bits, tells an ID that
/// somebody made up, or of another key or log: it is as unknown as any.
/// </remarks>
internal sealed class OpaqueIds : EventIds
{
    /// <summary>What the IDs begin with. No epoch is as short.</summary>
    internal const string Prefix = EventRules.HubIdPrefix + "x:";

    private const int BlockBytes = 16;
    private const int Characters = 26;
    private readonly (string Epoch, ulong Mark)[] _epochs;
    private readonly byte[] _key;

    // A cipher is not for two threads at a time; these are as many as have been at work at once.
    private readonly ConcurrentBag<Aes> _ciphers = [];

    /// <param name="identity">The log's.</param>
    /// <param name="key">32 bytes; other hubs of the same log need the same.</param>
    internal OpaqueIds(LogIdentity identity, byte[] key)
        : base(identity)
    {
        _epochs = [.. identity.Lineage.Select(each => (each.Epoch, MarkOf(each.Epoch)))];
        _key = key;
    }

    protected override string Write(Position position)
    {
        Span<byte> block = stackalloc byte[BlockBytes];
        BinaryPrimitives.WriteInt64BigEndian(block, position.Offset);
        BinaryPrimitives.WriteUInt64BigEndian(block[sizeof(long)..], MarkOf(position.Epoch, _epochs));
        Span<byte> encrypted = stackalloc byte[BlockBytes];
        // A single block: there is no chaining that could leak, and no two places have the same plain one.
        var cipher = Take();
        cipher.EncryptEcb(block, encrypted, PaddingMode.None);
        _ciphers.Add(cipher);
        return string.Create(Prefix.Length + Characters, BinaryPrimitives.ReadUInt128BigEndian(encrypted), static (text, bits) =>
        {
            Prefix.CopyTo(text);
            for (var i = text.Length - 1; i >= Prefix.Length; i--, bits >>= 5) text[i] = LogEpoch.Alphabet[(int)(bits & 31)];
        });
    }

    protected override Position? Read(string id)
    {
        if (id.Length != Prefix.Length + Characters || !id.StartsWith(Prefix, StringComparison.Ordinal)) return null;
        var bits = UInt128.Zero;
        foreach (var c in id.AsSpan(Prefix.Length))
        {
            var digit = LogEpoch.Alphabet.IndexOf(c, StringComparison.Ordinal);
            // 26 characters hold two bits more than a block has.
            if (digit < 0 || bits >> 123 != 0) return null;
            bits = (bits << 5) | (uint)digit;
        }
        Span<byte> block = stackalloc byte[BlockBytes];
        BinaryPrimitives.WriteUInt128BigEndian(block, bits);
        Span<byte> plain = stackalloc byte[BlockBytes];
        var cipher = Take();
        cipher.DecryptEcb(block, plain, PaddingMode.None);
        _ciphers.Add(cipher);
        var offset = BinaryPrimitives.ReadInt64BigEndian(plain);
        var mark = BinaryPrimitives.ReadUInt64BigEndian(plain[sizeof(long)..]);
        foreach (var each in _epochs)
        {
            if (each.Mark == mark && offset >= 0) return new(each.Epoch, offset);
        }
        return null;
    }

    private static ulong MarkOf(string epoch, (string Epoch, ulong Mark)[] known)
    {
        foreach (var each in known)
        {
            if (each.Epoch == epoch) return each.Mark;
        }
        return MarkOf(epoch);
    }

    private static ulong MarkOf(string epoch) => BinaryPrimitives.ReadUInt64BigEndian(SHA256.HashData(Encoding.ASCII.GetBytes(epoch)));

    private Aes Take()
    {
        if (_ciphers.TryTake(out var cipher)) return cipher;
        cipher = Aes.Create();
        cipher.Key = _key;
        return cipher;
    }
}
