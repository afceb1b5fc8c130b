namespace Fonte;

/// <summary>A run of encoded events read from the log: everything it holds in [From, Next).</summary>
internal sealed class ReplayBlock(long from, long next, EventFrame[] frames)
{
    internal long From { get; } = from;
    internal long Next { get; } = next;
    internal EventFrame[] Frames { get; } = frames;
    internal long Bytes { get; } = frames.Sum(frame => (long)frame.Size);

    internal bool Covers(long offset) => From <= offset && offset < Next;
}

/// <summary>The latest blocks, bounded by bytes, shared by all who replay the same part of the log. Thread-safe.</summary>
internal sealed class ReplayCache(long maxBytes)
{
    private readonly Lock _lock = new();
    private readonly LinkedList<ReplayBlock> _blocks = [];
    private long _bytes;

    /// <summary>The block in which an offset lies, or <see langword="null"/>.</summary>
    internal ReplayBlock? Find(long offset)
    {
        lock (_lock)
        {
            for (var node = _blocks.First; node is not null; node = node.Next)
            {
                if (!node.Value.Covers(offset)) continue;
                _blocks.Remove(node);
                _blocks.AddFirst(node);
                return node.Value;
            }
            return null;
        }
    }

    internal void Add(ReplayBlock block)
    {
        lock (_lock)
        {
            _blocks.AddFirst(block);
            for (_bytes += block.Bytes; _bytes > maxBytes && _blocks.Count > 1; _blocks.RemoveLast())
                _bytes -= _blocks.Last!.Value.Bytes;
        }
    }
}
