namespace Fonte;

/// <summary>What a block holds, as the index keeps it. Filled in the order of the offsets.</summary>
internal sealed class BlockContents(long block)
{
    internal long Block { get; } = block;

    /// <summary>For each topic the places of its events, rising.</summary>
    internal Dictionary<string, List<ushort>> Places { get; } = new(StringComparer.Ordinal);

    /// <summary>Hash and offset of each own ID.</summary>
    internal List<(long IdHash, long Offset)> Ids { get; } = [];

    internal void Add(long offset, IReadOnlyList<string> topics, long? idHash)
    {
        var place = (ushort)(offset - Fonte.Block.Start(Block));
        for (var i = 0; i < topics.Count; i++)
        {
            if (!Places.TryGetValue(topics[i], out var list)) Places.Add(topics[i], list = []);
            // An event may name a topic twice.
            if (list.Count == 0 || list[^1] != place) list.Add(place);
        }
        if (idHash is { } hash) Ids.Add((hash, offset));
    }
}
