using System.Buffers;

namespace Fonte;

/// <summary>Small steps that both logs take in the same way.</summary>
internal static class LogReading
{
    private const int ChunkSize = 256;

    internal static long GetUnixMicroseconds(this TimeProvider time) => (time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;

    /// <summary>The event as it stands at its place in the log.</summary>
    internal static LoggedEvent At(this EventDraft draft, long offset, long timeMicroseconds, long? idHash = null) => new()
    {
        Offset = offset,
        TimeMicroseconds = timeMicroseconds,
        // Kept for long, so a list that may be used again is copied.
        Topics = draft.Topics as string[] ?? [.. draft.Topics],
        Data = draft.Data,
        Id = draft.Id,
        IdHash = idHash,
        Type = draft.Type,
        RetryMilliseconds = draft.RetryMilliseconds,
        Private = draft.Private,
    };

    /// <summary>Reads from memory, or returns <see langword="null"/> when the offset is no longer, or not at all, in the ring.</summary>
    internal static LogSlice? ReadSlice(this OffsetRing<LoggedEvent> ring, TopicSelection topics, long from, int maxEvents, long maxBytes)
    {
        var chunk = ArrayPool<LoggedEvent>.Shared.Rent(ChunkSize);
        try
        {
            var (covered, count, next) = ring.CopyFrom(from, chunk.AsSpan(0, ChunkSize));
            if (!covered) return null;
            var events = new List<LoggedEvent>(topics.IsAll ? Math.Min(count, maxEvents) : 4);
            var bytes = 0L;
            for (var i = 0; i < count; i++)
            {
                if (!topics.Matches(chunk[i].Topics)) continue;
                events.Add(chunk[i]);
                bytes += chunk[i].Size;
                if (events.Count < maxEvents && bytes < maxBytes) continue;
                return new LogSlice(from, chunk[i].Offset + 1, events);
            }
            return new LogSlice(from, next, events);
        }
        finally
        {
            ArrayPool<LoggedEvent>.Shared.Return(chunk, clearArray: true);
        }
    }
}
