using System.Buffers.Binary;

namespace Fonte;

/// <summary>What is committed together: events with their places, and the seals of those that came with an idempotency key.</summary>
internal sealed class CommitBatch
{
    private readonly Dictionary<int, byte[]> _seals = [];
    private readonly Dictionary<UInt128, int> _keys = [];

    internal List<LoggedEvent> Events { get; } = [];

    /// <summary>Where the log ends with this batch, if not behind its last event.</summary>
    internal long? Next { get; set; }

    /// <summary>What stands for the last record of the other log, if this is a part of one.</summary>
    internal byte[]? Fingerprint { get; set; }

    /// <summary>Where the log ends with this batch, given where it ended before.</summary>
    internal long NextAfter(long next) => Next ?? (Events.Count > 0 ? Events[^1].Offset + 1 : next);

    internal byte[]? SealOf(int index) => _seals.Count == 0 ? null : _seals.GetValueOrDefault(index);

    /// <summary>The offset of the event that this batch holds under the same key, and its seal, unless that was too long ago.</summary>
    internal (long Offset, byte[] Seal)? FindKey(ReadOnlySpan<byte> seal, long time) =>
        _keys.TryGetValue(BinaryPrimitives.ReadUInt128BigEndian(seal), out var index) && IdempotencyKey.Counts(Events[index].TimeMicroseconds, time) ? (Events[index].Offset, _seals[index]) : null;

    /// <summary>Adds the events of an append at the next offsets.</summary>
    internal void Add(PendingAppend append, long offset, long time)
    {
        if (append.Seal is { } seal)
        {
            _seals.Add(Events.Count, seal);
            _keys.Add(BinaryPrimitives.ReadUInt128BigEndian(seal), Events.Count);
        }
        for (var i = 0; i < append.Events.Count; i++) Events.Add(append.Events[i].At(offset + i, time, append.IdHashOf(i)));
    }

    /// <summary>Adds an event of another log at its place.</summary>
    internal void Add(in ReplicaRecord record, long? idHash)
    {
        if (record.Seal is { } seal)
        {
            _seals.Add(Events.Count, seal);
            // One that came again after its time is the one that counts from then on.
            _keys[BinaryPrimitives.ReadUInt128BigEndian(seal)] = Events.Count;
        }
        Events.Add(record.Draft.At(record.Offset, record.TimeMicroseconds, idHash));
    }
}
