using System.Runtime.InteropServices;

namespace Fonte;

/// <summary>
/// What stands in the blocks that are not sealed yet, added at each commit: the topics of each event, and hashes to find them by, which are made when
/// somebody searches.
/// </summary>
/// <remarks>
/// Thread-safe. Bounded: of blocks that wait too long to be sealed the oldest is given up, and is read through until it is sealed; and when the topics
/// take too much memory only their hashes are kept, and the log is asked for them when the block is sealed.
/// </remarks>
internal sealed class OpenBlocks
{
    private const int MostBlocks = 4;
    private const long MostTopicBytes = 32 * 1024 * 1024;

    // The writer waits for the lock between two of these.
    private const int HashedAtOnce = 1024;
    private readonly Lock _lock = new();
    private readonly List<OpenBlock> _blocks = [];

    /// <summary>Takes events that are appended at the end.</summary>
    internal void Add(List<LoggedEvent> events)
    {
        lock (_lock)
        {
            foreach (var logged in events) FindOrBegin(Block.Of(logged.Offset)).Add(logged.Offset, logged.Topics, logged.IdHash);
            BoundTopics();
        }
    }

    /// <summary>Takes an event that is appended at the end.</summary>
    internal void Add(long offset, IReadOnlyList<string> topics, long? idHash)
    {
        lock (_lock)
        {
            FindOrBegin(Block.Of(offset)).Add(offset, topics, idHash);
            BoundTopics();
        }
    }

    /// <summary>Makes a block complete that begins empty: nothing of it was before.</summary>
    internal void Begin(long block)
    {
        lock (_lock) FindOrBegin(block);
    }

    /// <summary>Adds the places where one of these topics may stand, in order; false when the block is not here.</summary>
    internal bool TryFind(long number, TopicSelection topics, List<long> offsets)
    {
        HashMost(number);
        lock (_lock)
        {
            if (Find(number) is not { } block) return false;
            var first = offsets.Count;
            foreach (var matcher in topics.Matchers) block.Find(matcher.Pattern, offsets);
            if (topics.Matchers.Count > 1) SortUnique(offsets, first);
            return true;
        }
    }

    /// <summary>Adds the places where an own ID of this hash stands; false when the block is not here.</summary>
    internal bool TryFindId(long number, long idHash, List<long> offsets)
    {
        HashMost(number);
        lock (_lock)
        {
            if (Find(number) is not { } block) return false;
            block.FindId(idHash, offsets);
            return true;
        }
    }

    /// <summary>The topics and own IDs of a block to which nothing is added any more; <see langword="null"/> when they are not all here.</summary>
    internal IReadOnlyList<OpenEvent>? EventsOf(long number)
    {
        lock (_lock) return Find(number)?.Events;
    }

    /// <summary>Forgets the topics of blocks from one to another, of which events were removed: the log is asked when they are sealed. Searches go on.</summary>
    internal void ForgetTopics(long first, long last)
    {
        lock (_lock)
        {
            foreach (var block in _blocks)
            {
                if (block.Number >= first && block.Number <= last) block.ForgetTopics();
            }
        }
    }

    internal void DropBefore(long number)
    {
        lock (_lock) _blocks.RemoveAll(block => block.Number < number);
    }

    internal static void SortUnique(List<long> offsets, int first)
    {
        var part = CollectionsMarshal.AsSpan(offsets)[first..];
        part.Sort();
        var kept = 0;
        for (var i = 0; i < part.Length; i++)
        {
            if (i == 0 || part[i] != part[kept - 1]) part[kept++] = part[i];
        }
        CollectionsMarshal.SetCount(offsets, first + kept);
    }

    private void HashMost(long number)
    {
        while (true)
        {
            lock (_lock)
            {
                if (Find(number) is not { } block || block.HashSome(HashedAtOnce)) return;
            }
        }
    }

    private void BoundTopics()
    {
        var bytes = 0L;
        foreach (var block in _blocks) bytes += block.TopicBytes;
        for (var i = 0; bytes > MostTopicBytes && i < _blocks.Count; i++)
        {
            bytes -= _blocks[i].TopicBytes;
            _blocks[i].ForgetTopics();
        }
    }

    private OpenBlock? Find(long number)
    {
        foreach (var block in _blocks)
        {
            if (block.Number == number) return block;
        }
        return null;
    }

    private OpenBlock FindOrBegin(long number)
    {
        if (_blocks.Count > 0 && _blocks[^1].Number == number) return _blocks[^1];
        if (Find(number) is { } known) return known;
        _blocks.Add(new(number));
        if (_blocks.Count > MostBlocks) _blocks.RemoveAt(0);
        return _blocks[^1];
    }

    private sealed class OpenBlock(long number)
    {
        private readonly HashColumn<int> _topics = new();
        private readonly HashColumn<long> _ids = new();
        private List<OpenEvent>? _events = [];
        private int _hashed;
        private long _last = -1;

        /// <summary>About how much memory the topics take that are kept.</summary>
        internal long TopicBytes { get; private set; }

        internal long Number { get; } = number;

        internal List<OpenEvent>? Events => _events;

        internal void Add(long offset, IReadOnlyList<string> topics, long? idHash)
        {
            // A recovery that fails half way begins again from its first event.
            if (offset <= _last) return;
            _last = offset;
            if (_events is null)
            {
                Hash(new(offset, topics, idHash));
                return;
            }
            _events.Add(new(offset, topics, idHash));
            TopicBytes += EventSize.Of(topics, 0, null, null);
        }

        internal void Find(string topic, List<long> offsets)
        {
            HashSome(int.MaxValue);
            _topics.Find(topic.GetHashCode(), Block.Start(Number), offsets);
        }

        internal void FindId(long idHash, List<long> offsets)
        {
            HashSome(int.MaxValue);
            _ids.Find(idHash, Block.Start(Number), offsets);
        }

        internal void ForgetTopics()
        {
            HashSome(int.MaxValue);
            (_events, TopicBytes) = (null, 0);
        }

        /// <summary>Hashes some more events; true when there are none left.</summary>
        internal bool HashSome(int most)
        {
            if (_events is null) return true;
            for (var left = most; left > 0 && _hashed < _events.Count; left--) Hash(_events[_hashed++]);
            return _hashed == _events.Count;
        }

        private void Hash(OpenEvent added)
        {
            var place = (ushort)(added.Offset - Block.Start(Number));
            // The hashes of strings are of this process only, and nobody can choose topics that collide.
            for (var i = 0; i < added.Topics.Count; i++) _topics.Add(place, added.Topics[i].GetHashCode());
            if (added.IdHash is { } hash) _ids.Add(place, hash);
        }
    }

    /// <summary>Hashes and their places in two arrays side by side: a search reads one of them from end to end, vectorised.</summary>
    private sealed class HashColumn<T> where T : unmanaged, IEquatable<T>
    {
        private T[] _hashes = new T[16];
        private ushort[] _places = new ushort[16];
        private int _count;

        internal void Add(ushort place, T hash)
        {
            if (_count == _hashes.Length)
            {
                Array.Resize(ref _hashes, _count * 2);
                Array.Resize(ref _places, _count * 2);
            }
            (_hashes[_count], _places[_count]) = (hash, place);
            _count++;
        }

        internal void Find(T hash, long start, List<long> offsets)
        {
            var rest = _hashes.AsSpan(0, _count);
            while (rest.IndexOf(hash) is var at and >= 0)
            {
                var index = _count - rest.Length + at;
                // Two topics of one event may have the same hash.
                if (offsets.Count == 0 || offsets[^1] != start + _places[index]) offsets.Add(start + _places[index]);
                rest = rest[(at + 1)..];
            }
        }
    }
}

/// <summary>An event of a block that is not sealed: where it stands and what it is found by.</summary>
internal readonly record struct OpenEvent(long Offset, IReadOnlyList<string> Topics, long? IdHash);
