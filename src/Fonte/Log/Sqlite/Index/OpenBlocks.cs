using System.Runtime.InteropServices;

namespace Fonte;

/// <summary>Where topics and own IDs stand in the blocks that are not sealed yet: hashes in memory, written at each commit.</summary>
/// <remarks>Thread-safe. Bounded: of blocks that wait too long to be sealed the oldest is given up, and is read through until it is sealed.</remarks>
internal sealed class OpenBlocks
{
    private const int MostBlocks = 4;
    private readonly Lock _lock = new();
    private readonly List<OpenBlock> _blocks = [];

    /// <summary>Takes an event that is appended at the end. The hashes are of this process only.</summary>
    internal void Add(long offset, IReadOnlyList<string> topics, long? idHash)
    {
        lock (_lock)
        {
            var block = FindOrBegin(Block.Of(offset));
            var place = (ushort)(offset - Block.Start(block.Number));
            for (var i = 0; i < topics.Count; i++) block.Topics.Add(place, topics[i].GetHashCode());
            if (idHash is { } hash) block.Ids.Add(place, hash);
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
        lock (_lock)
        {
            if (Find(number) is not { } block) return false;
            var first = offsets.Count;
            foreach (var matcher in topics.Matchers) block.Topics.Find(matcher.Pattern.GetHashCode(), Block.Start(number), offsets);
            if (topics.Matchers.Count > 1) SortUnique(offsets, first);
            return true;
        }
    }

    /// <summary>Adds the places where an own ID of this hash stands; false when the block is not here.</summary>
    internal bool TryFindId(long number, long idHash, List<long> offsets)
    {
        lock (_lock)
        {
            if (Find(number) is not { } block) return false;
            block.Ids.Find(idHash, Block.Start(number), offsets);
            return true;
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
        internal long Number { get; } = number;
        internal HashColumn<int> Topics { get; } = new();
        internal HashColumn<long> Ids { get; } = new();
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
