using System.Buffers.Binary;

namespace Fonte;

/// <summary>What is kept in a replica with its last record, so that it can go on from there.</summary>
/// <param name="Fingerprint">Stands for the last record.</param>
/// <param name="Time">The log's time, in microseconds since 1970 UTC.</param>
/// <param name="Generation">How often the log has got another epoch.</param>
internal readonly record struct ReplicaState(byte[] Fingerprint, long Time, int Generation)
{
    internal byte[] Write()
    {
        var all = new byte[SharedRecordFormat.FingerprintBytes + sizeof(long) + sizeof(int)];
        Fingerprint.CopyTo(all, 0);
        BinaryPrimitives.WriteInt64BigEndian(all.AsSpan(SharedRecordFormat.FingerprintBytes), Time);
        BinaryPrimitives.WriteInt32BigEndian(all.AsSpan(SharedRecordFormat.FingerprintBytes + sizeof(long)), Generation);
        return all;
    }

    internal static ReplicaState? Read(byte[]? all) => all is null ? null : new(
        all[..SharedRecordFormat.FingerprintBytes],
        BinaryPrimitives.ReadInt64BigEndian(all.AsSpan(SharedRecordFormat.FingerprintBytes)),
        BinaryPrimitives.ReadInt32BigEndian(all.AsSpan(SharedRecordFormat.FingerprintBytes + sizeof(long))));
}
