namespace Fonte;

/// <content>Blocks into the index.</content>
internal sealed partial class LogUpkeep
{
    // A read transaction of about 10 ms.
    private const int RowsAtOnce = 8192;

    private void SealBlocks()
    {
        var index = _log.Index;
        if (index.IsDamaged) index.Renew(_log.Identity);
        var oldest = Block.Of(_log.OldestOffset);
        if (index.SealedTo < oldest) index.SkipTo(oldest);
        while (!_closing && Block.Start(index.SealedTo + 1) <= _log.NextOffset)
        {
            Seal(index.SealedTo);
            _log.OpenBlocks.DropBefore(index.SealedTo);
        }
    }

    private void Seal(long block)
    {
        var start = Block.Start(block);
        var end = Block.Start(block + 1);
        var places = new Dictionary<string, List<ushort>>(StringComparer.Ordinal);
        var ids = new List<(long, long)>();
        for (var from = start; from < end; from += RowsAtOnce)
        {
            _reader.ReadTopics(from, Math.Min(end, from + RowsAtOnce), (offset, topics, idHash) =>
            {
                var place = (ushort)(offset - start);
                foreach (var topic in topics)
                {
                    if (!places.TryGetValue(topic, out var list)) places.Add(topic, list = []);
                    // An event may name a topic twice.
                    if (list.Count == 0 || list[^1] != place) list.Add(place);
                }
                if (idHash is { } hash) ids.Add((hash, offset));
            });
        }
        _log.Index.Seal(block, places, ids);
    }
}
