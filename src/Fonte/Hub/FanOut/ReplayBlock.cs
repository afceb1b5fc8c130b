namespace Fonte;

/// <summary>A run of events read from the log: everything it holds of these topics in [From, Next).</summary>
internal sealed class ReplayBlock(TopicSelection topics, long from, long next, EventFrame[] frames)
{
    internal TopicSelection Topics { get; } = topics;
    internal long From { get; } = from;
    internal long Next { get; } = next;
    internal EventFrame[] Frames { get; } = frames;
    // A block costs something also when it has no events: strangers choose the topics (CWE-770).
    internal long Bytes { get; } = 512 + (4L * topics.Key.Length) + frames.Sum(frame => (long)frame.Size);

    /// <summary>Below which offset events of these topics may have been missing when the block was read.</summary>
    internal long TruncatedTo { get; init; }

    /// <summary>What <see cref="IEventLog.Truncations"/> was then.</summary>
    internal long Truncations { get; init; }

    /// <summary>Why what lies before <see cref="From"/> is not here.</summary>
    internal GapReason Gap { get; init; } = GapReason.Truncated;

    internal bool Covers(TopicSelection topics, long offset) => From <= offset && offset < Next && Topics.Key == topics.Key;
}

/// <summary>The latest blocks, bounded by bytes, shared by all who replay the same part of the log. Thread-safe.</summary>
internal sealed class ReplayCache(long maxBytes)
{
    // Each look-up may pass over all of them.
    private const int MostBlocks = 1024;
    private readonly Lock _lock = new();
    private readonly LinkedList<ReplayBlock> _blocks = [];
    private long _bytes;
    private int _version;

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

    /// <summary>Changes when the cache is cleared; what was read under an older one is not added.</summary>
    internal int Version { get { lock (_lock) return _version; } }

    internal void Clear()
    {
        lock (_lock)
        {
            _version++;
            _blocks.Clear();
            _bytes = 0;
        }
    }

    internal void Add(ReplayBlock block, int version)
    {
        lock (_lock)
        {
            if (version != _version) return;
            _blocks.AddFirst(block);
            for (_bytes += block.Bytes; (_bytes > maxBytes || _blocks.Count > MostBlocks) && _blocks.Count > 1; _blocks.RemoveLast())
                _bytes -= _blocks.Last!.Value.Bytes;
        }
    }
}
