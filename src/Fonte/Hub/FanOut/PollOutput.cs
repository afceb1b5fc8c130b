namespace Fonte;

/// <summary>Collects what a poll is answered with: a gap or some events, and then the stream is over.</summary>
/// <remarks>Bounded by a chunk and the one event that goes beyond it, of which only references are held. Read when the stream has ended.</remarks>
internal sealed class PollOutput : StreamOutput
{
    private readonly List<ReadOnlyMemory<byte>> _events = [];

    /// <summary>Each an object of JSON. Who has sent one lets go of it here.</summary>
    internal List<ReadOnlyMemory<byte>> Events => _events;

    /// <summary>What came before them and is missing: an object of JSON, or <see langword="null"/>.</summary>
    internal ReadOnlyMemory<byte>? Gap { get; private set; }

    internal override DisconnectReason Over => DisconnectReason.Answered;

    internal override bool IsAnswered => Gap is not null;

    internal override int Write(EventFrame frame, int from, PumpScratch scratch)
    {
        if (Unflushed >= ChunkBytes) return 0;
        var bytes = frame.Memory;
        _events.Add(bytes);
        Unflushed += bytes.Length;
        return bytes.Length;
    }

    internal override void Write(SharedBlock block, long next, PumpScratch scratch)
    {
        // Of several the first, which begins where the cursor was.
        if (block.IsGap) Gap ??= block.Memory;
    }

    internal override ValueTask<bool> FlushAsync(PumpScratch scratch)
    {
        Unflushed = 0;
        return new(_events.Count > 0);
    }

    internal override void CancelFlush()
    {
    }
}
