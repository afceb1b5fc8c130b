namespace Fonte;

/// <summary>Where an event stream's bytes go. It takes a little, then is flushed; while a flush is under way nothing is written.</summary>
/// <remarks>Touched by the subscriber's pump only.</remarks>
internal abstract class StreamOutput
{
    /// <summary>So much is written between two flushes: half of Kestrel's default response buffer, so that a chunk always fits beside the one that is still being sent.</summary>
    protected const int ChunkBytes = 32 * 1024;

    /// <summary>How many bytes were written since the last flush.</summary>
    internal int Unflushed { get; private protected set; }

    /// <summary>
    /// Where the stream goes on if the last flush could not send everything: what was written of events from there on is forgotten.
    /// <see langword="null"/> when all that was written is sent or on its way.
    /// </summary>
    internal virtual long? Resume => null;

    /// <summary>How many whole events were forgotten.</summary>
    internal virtual int Forgotten => 0;

    /// <summary>Writes what fits of an event, from a byte of it on, and returns how many bytes that was.</summary>
    internal abstract int Write(EventFrame frame, int from, PumpScratch scratch);

    /// <summary>Writes a block that is no event of the log.</summary>
    /// <param name="block">The block.</param>
    /// <param name="next">The subscriber's cursor.</param>
    /// <param name="scratch">The pump's.</param>
    internal abstract void Write(SharedBlock block, long next, PumpScratch scratch);

    /// <summary>Sends what was written. The task completes when there is room for more; true when the connection is over.</summary>
    internal abstract ValueTask<bool> FlushAsync(PumpScratch scratch);

    /// <summary>What it means when a flush says that the connection is over.</summary>
    internal virtual DisconnectReason Over => DisconnectReason.ClientGone;

    /// <summary>Whether there is nothing to wait for: what was written must be told.</summary>
    internal virtual bool IsAnswered => false;

    /// <summary>Makes the flush that is under way end.</summary>
    internal abstract void CancelFlush();
}

/// <summary>What a pump lends to the outputs it writes to, so that none of them keeps a buffer.</summary>
internal sealed class PumpScratch
{
    // A burst to many streams takes a list for each; so many are kept.
    private const int MostLists = 1024;
    private readonly Stack<List<SocketPiece>> _lists = new();

    internal byte[] Buffer { get; } = new byte[64 * 1024];

    internal List<SocketPiece> RentList() => _lists.TryPop(out var list) ? list : [];

    internal void Return(List<SocketPiece> list)
    {
        list.Clear();
        if (_lists.Count < MostLists) _lists.Push(list);
    }
}
