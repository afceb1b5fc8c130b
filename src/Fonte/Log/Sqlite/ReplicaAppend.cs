namespace Fonte;

/// <summary>Records of another log, in its order, to be kept here at the same places.</summary>
/// <param name="records">The records that are events.</param>
/// <param name="next">The offset after the last record that was looked at, whether or not it is an event.</param>
/// <param name="fingerprint">Stands for the last record; kept with the events, so that the log can be recognised later.</param>
internal sealed class ReplicaAppend(IReadOnlyList<ReplicaRecord> records, long next, byte[] fingerprint)
{
    internal IReadOnlyList<ReplicaRecord> Records => records;

    internal long Next => next;

    internal byte[] Fingerprint => fingerprint;

    /// <summary>What became of each record, once it is durable.</summary>
    internal AppendResult[] Results { get; } = new AppendResult[records.Count];
}

/// <summary>An event of another log.</summary>
/// <param name="Draft">The event.</param>
/// <param name="Offset">Its place.</param>
/// <param name="TimeMicroseconds">Its time by the other log, in microseconds since 1970 UTC.</param>
/// <param name="Seal">Its idempotency key and what came with it, or <see langword="null"/>.</param>
internal readonly record struct ReplicaRecord(EventDraft Draft, long Offset, long TimeMicroseconds, byte[]? Seal);
