using System.Buffers;
using System.Buffers.Binary;
using System.Numerics;
using System.Security.Cryptography;
using System.Text;

namespace Fonte;

/// <summary>An event as a row of the log: written, read back, and guarded by a checksum.</summary>
internal static class EventRow
{
    private const char TopicSeparator = '\n';

    /// <summary>Binds the event to the statement <see cref="SqliteLogSchema.Insert"/>.</summary>
    internal static void Bind(SqliteStatement insert, LoggedEvent logged, byte[]? seal)
    {
        var topics = logged.Topics.Count == 1 ? logged.Topics[0] : string.Join(TopicSeparator, logged.Topics);
        var flags = logged.Private ? SqliteLogSchema.PrivateFlag : 0;
        var longest = 3 * Math.Max(topics.Length, Math.Max(logged.Id?.Length ?? 0, logged.Type?.Length ?? 0));
        var buffer = ArrayPool<byte>.Shared.Rent(longest);
        insert.Bind(1, logged.Offset);
        insert.Bind(2, logged.TimeMicroseconds);
        insert.Bind(3, flags);
        var sum = Checksum.Start(logged.Offset, logged.TimeMicroseconds, flags, logged.RetryMilliseconds);
        sum = BindText(insert, 4, topics, buffer, sum);
        sum = BindText(insert, 5, logged.Id, buffer, sum);
        if (logged.IdHash is { } hash) insert.Bind(6, hash);
        else insert.BindNull(6);
        sum = BindText(insert, 7, logged.Type, buffer, sum);
        if (logged.RetryMilliseconds is { } retry) insert.Bind(8, retry);
        else insert.BindNull(8);
        insert.BindBlob(9, logged.Data.Span);
        sum = Checksum.Add(sum, logged.Data.Span);
        if (seal is null) insert.BindNull(10);
        else insert.BindBlob(10, seal);
        sum = seal is null ? Checksum.AddNull(sum) : Checksum.Add(sum, seal);
        insert.Bind(11, sum);
        ArrayPool<byte>.Shared.Return(buffer);
    }

    /// <summary>Reads the row the statement stands on, whose columns are <see cref="SqliteLogSchema.Columns"/>.</summary>
    /// <exception cref="LogDamagedException">The checksum does not fit.</exception>
    internal static LoggedEvent Read(SqliteStatement row, string file)
    {
        var offset = row.Integer(0);
        int? retry = row.IsNull(6) ? null : (int)row.Integer(6);
        var sum = Checksum.Start(offset, row.Integer(1), (int)row.Integer(2), retry);
        foreach (var column in (ReadOnlySpan<int>)[3, 4, 5, 7, 8])
            sum = row.IsNull(column) ? Checksum.AddNull(sum) : Checksum.Add(sum, row.Bytes(column));
        if (sum != row.Integer(9))
            throw new LogDamagedException($"The event at offset {offset} in {file} is damaged: its checksum does not fit.") { Offset = offset };
        return new()
        {
            Offset = offset,
            TimeMicroseconds = row.Integer(1),
            Private = (row.Integer(2) & SqliteLogSchema.PrivateFlag) != 0,
            Topics = TopicsOf(row.Text(3)),
            Id = row.TextOrNull(4),
            Type = row.TextOrNull(5),
            RetryMilliseconds = retry,
            Data = row.Bytes(7).ToArray(),
        };
    }

    /// <summary>The topics in the column of that name.</summary>
    internal static string[] TopicsOf(string column) => column.Contains(TopicSeparator) ? column.Split(TopicSeparator) : [column];

    /// <summary>The key of a publisher's own ID in the index. SHA-256, so that nobody can choose IDs that collide (CWE-407).</summary>
    internal static long HashOf(string id)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(id), hash);
        return BinaryPrimitives.ReadInt64BigEndian(hash);
    }

    private static uint BindText(SqliteStatement insert, int index, string? text, byte[] buffer, uint sum)
    {
        if (text is null)
        {
            insert.BindNull(index);
            return Checksum.AddNull(sum);
        }
        var utf8 = buffer.AsSpan(0, Encoding.UTF8.GetBytes(text, buffer));
        insert.BindText(index, utf8);
        return Checksum.Add(sum, utf8);
    }

    /// <summary>
    /// CRC-32C (Castagnoli). In this order: offset, time, flags, retry (-1 for none) as little-endian 64-bit numbers, then topics, id,
    /// type, data, idempotency key, each as its length (-1 for none) in 64 bits and its bytes.
    /// </summary>
    private static class Checksum
    {
        internal static uint Start(long offset, long time, int flags, int? retry)
        {
            var sum = BitOperations.Crc32C(uint.MaxValue, (ulong)offset);
            sum = BitOperations.Crc32C(sum, (ulong)time);
            sum = BitOperations.Crc32C(sum, (ulong)flags);
            return BitOperations.Crc32C(sum, (ulong)(retry ?? -1L));
        }

        internal static uint AddNull(uint sum) => BitOperations.Crc32C(sum, ulong.MaxValue);

        internal static uint Add(uint sum, ReadOnlySpan<byte> bytes)
        {
            sum = BitOperations.Crc32C(sum, (ulong)bytes.Length);
            for (; bytes.Length >= sizeof(ulong); bytes = bytes[sizeof(ulong)..])
                sum = BitOperations.Crc32C(sum, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            foreach (var one in bytes) sum = BitOperations.Crc32C(sum, one);
            return sum;
        }
    }
}
