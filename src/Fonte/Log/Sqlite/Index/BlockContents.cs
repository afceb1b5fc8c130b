namespace Fonte;

/// <summary>What a block holds, as the index keeps it. Filled in the order of the offsets.</summary>
internal sealed class BlockContents(long block)
{
    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);
    private readonly List<(string Name, int LastPlace, int Count)> _topics = [];
    private readonly List<(int Topic, ushort Place)> _entries = [];

    /// <summary>Takes a topic and the places of its events, rising.</summary>
    internal delegate void TopicVisitor(string topic, ReadOnlySpan<ushort> places);

    internal long Block { get; } = block;

    /// <summary>Hash and offset of each own ID.</summary>
    internal List<(long IdHash, long Offset)> Ids { get; } = [];

    internal void Add(long offset, IReadOnlyList<string> topics, long? idHash)
    {
        var place = (ushort)(offset - Fonte.Block.Start(Block));
        for (var i = 0; i < topics.Count; i++) Add(topics[i], place);
        if (idHash is { } hash) Ids.Add((hash, offset));
    }

    /// <summary>Shows each topic, in ordinal order of the names.</summary>
    /// <remarks>The places are counted and then laid side by side: a list for each of 32,768 topics was a third of the time.</remarks>
    internal void VisitTopics(TopicVisitor visit)
    {
        var starts = new int[_topics.Count + 1];
        for (var i = 0; i < _topics.Count; i++) starts[i + 1] = starts[i] + _topics[i].Count;
        var places = new ushort[_entries.Count];
        var next = starts.AsSpan(0, _topics.Count).ToArray();
        foreach (var (topic, place) in _entries) places[next[topic]++] = place;
        foreach (var topic in OrdinalOrder.Of([.. _topics.Select(topic => topic.Name)]))
            visit(_topics[topic].Name, places.AsSpan(starts[topic]..starts[topic + 1]));
    }

    private void Add(string topic, ushort place)
    {
        if (!_numbers.TryGetValue(topic, out var number))
        {
            number = _topics.Count;
            _numbers.Add(topic, number);
            _topics.Add((topic, -1, 0));
        }
        var (_, last, count) = _topics[number];
        // An event may name a topic twice.
        if (last == place) return;
        _topics[number] = (topic, place, count + 1);
        _entries.Add((number, place));
    }
}
