namespace Fonte;

/// <summary>A run of encoded events read from the log: everything it holds of these topics in [From, Next).</summary>
internal sealed class ReplayBlock(TopicSelection topics, long from, long next, EventFrame[] frames)
{
    internal TopicSelection Topics { get; } = topics;
    internal long From { get; } = from;
    internal long Next { get; } = next;
    internal EventFrame[] Frames { get; } = frames;
    internal long Bytes { get; } = frames.Sum(frame => (long)frame.Size);

    /// <summary>Below which offset events of these topics may have been missing when the block was read.</summary>
    internal long TruncatedTo { get; init; }

    /// <summary>Why what lies before <see cref="From"/> is not here.</summary>
    internal GapReason Gap { get; init; } = GapReason.Truncated;

    internal bool Covers(TopicSelection topics, long offset) => From <= offset && offset < Next && Topics.Key == topics.Key;
}

/// <summary>The latest blocks, bounded by bytes, shared by all who replay the same part of the log. Thread-safe.</summary>
internal sealed class ReplayCache(long maxBytes)
{
    private readonly Lock _lock = new();
    private readonly LinkedList<ReplayBlock> _blocks = [];
    private long _bytes;

    /// <summary>The block of these topics in which an offset lies, or <see langword="null"/>.</summary>
    internal ReplayBlock? Find(TopicSelection topics, long offset)
    {
        lock (_lock)
        {
            for (var node = _blocks.First; node is not null; node = node.Next)
            {
                if (!node.Value.Covers(topics, offset)) continue;
                _blocks.Remove(node);
                _blocks.AddFirst(node);
                return node.Value;
            }
            return null;
        }
    }

    internal void Clear()
    {
        lock (_lock)
        {
            _blocks.Clear();
            _bytes = 0;
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
