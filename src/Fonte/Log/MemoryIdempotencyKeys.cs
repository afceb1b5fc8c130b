namespace Fonte;

/// <summary>The idempotency keys of the events in memory: forgotten with their events, and after a day. Not thread-safe.</summary>
internal sealed class MemoryIdempotencyKeys
{
    private readonly Dictionary<UInt128, (UInt128 Events, long Time, long Offset)> _known = [];
    private readonly Queue<UInt128> _order = new();

    /// <summary>What to answer when the key is known, or <see langword="null"/>.</summary>
    internal AppendResult? Find(ReadOnlySpan<byte> seal, long time, long oldestOffset)
    {
        while (_order.TryPeek(out var oldest) && IsOver(_known[oldest], time, oldestOffset)) _known.Remove(_order.Dequeue());
        if (!_known.TryGetValue(KeyOf(seal), out var known)) return null;
        return known.Events == EventsOf(seal) ? new(AppendOutcome.AlreadyAppended, known.Offset) : new(AppendOutcome.KeyReused);
    }

    internal void Add(ReadOnlySpan<byte> seal, long time, long offset)
    {
        _known.Add(KeyOf(seal), (EventsOf(seal), time, offset));
        _order.Enqueue(KeyOf(seal));
    }

    private static bool IsOver((UInt128, long Time, long Offset) known, long time, long oldestOffset) =>
        known.Offset < oldestOffset || time - known.Time >= IdempotencyKey.Lifetime.Ticks / TimeSpan.TicksPerMicrosecond;

    private static UInt128 KeyOf(ReadOnlySpan<byte> seal) => System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(seal);

    private static UInt128 EventsOf(ReadOnlySpan<byte> seal) => System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(seal[IdempotencyKey.HalfLength..]);
}
