using System.Buffers.Binary;

namespace Fonte;

/// <summary>What is committed together: events with their places, and the seals of those that came with an idempotency key.</summary>
internal sealed class CommitBatch
{
    private readonly Dictionary<int, byte[]> _seals = [];
    private readonly Dictionary<UInt128, int> _keys = [];

    internal List<LoggedEvent> Events { get; } = [];

    internal byte[]? SealOf(int index) => _seals.Count == 0 ? null : _seals.GetValueOrDefault(index);

    /// <summary>The offset of the event that this batch holds under the same key, and its seal.</summary>
    internal (long Offset, byte[] Seal)? FindKey(ReadOnlySpan<byte> seal) =>
        _keys.TryGetValue(BinaryPrimitives.ReadUInt128BigEndian(seal), out var index) ? (Events[index].Offset, _seals[index]) : null;

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
}
