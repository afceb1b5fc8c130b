namespace Fonte;

/// <summary>Something with a place in the log and a size in memory.</summary>
internal interface IOffsetItem
{
    long Offset { get; }
    int Size { get; }
}

/// <summary>The latest items in order of offset, bounded by bytes: what is too much leaves at the old end.</summary>
/// <remarks>Thread-safe. Covers [<see cref="Start"/>, <see cref="End"/>): an offset in there without an item has none in the log either.</remarks>
internal sealed class OffsetRing<T>(long start, long maxBytes) where T : class, IOffsetItem
{
    private readonly Lock _lock = new();
    private T[] _items = new T[256];
    private int _head;
    private int _count;
    private long _bytes;
    private long _start = start;
    private long _end = start;

    internal long Start { get { lock (_lock) return _start; } }

    internal long End { get { lock (_lock) return _end; } }

    internal long Bytes { get { lock (_lock) return _bytes; } }

    /// <summary>Adds consecutive items, the last known offset being <paramref name="end"/> - 1.</summary>
    internal void Append(IReadOnlyList<T> items, long end)
    {
        lock (_lock)
        {
            for (var i = 0; i < items.Count; i++) Add(items[i]);
            _end = end;
            while (_bytes > maxBytes && _count > 1) DropOldest();
        }
    }

    /// <summary>Forgets everything and covers nothing from <paramref name="start"/> on.</summary>
    internal void Reset(long start)
    {
        lock (_lock)
        {
            Array.Clear(_items);
            (_head, _count, _bytes, _start, _end) = (0, 0, 0, start, start);
        }
    }

    /// <summary>Copies the items from an offset on, as many as fit; <c>Next</c> says where to go on.</summary>
    /// <returns><c>Covered</c> is false when the offset lies before what is kept; then nothing is copied.</returns>
    internal (bool Covered, int Count, long Next) CopyFrom(long offset, Span<T> destination)
    {
        lock (_lock)
        {
            if (offset < _start) return (false, 0, offset);
            var index = FirstAtOrAbove(offset);
            var count = Math.Min(_count - index, destination.Length);
            for (var i = 0; i < count; i++) destination[i] = At(index + i);
            var next = index + count < _count ? At(index + count).Offset : Math.Max(_end, offset);
            return (true, count, next);
        }
    }

    private T At(int index) => _items[(_head + index) & (_items.Length - 1)];

    private void Add(T item)
    {
        if (_count == _items.Length)
        {
            var larger = new T[_items.Length * 2];
            for (var i = 0; i < _count; i++) larger[i] = At(i);
            (_items, _head) = (larger, 0);
        }
        _items[(_head + _count++) & (_items.Length - 1)] = item;
        _bytes += item.Size;
    }

    private void DropOldest()
    {
        var oldest = _items[_head];
        _items[_head] = null!;
        _head = (_head + 1) & (_items.Length - 1);
        _count--;
        _bytes -= oldest.Size;
        _start = oldest.Offset + 1;
    }

    private int FirstAtOrAbove(long offset)
    {
        var (low, high) = (0, _count);
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (At(middle).Offset < offset) low = middle + 1;
            else high = middle;
        }
        return low;
    }
}
