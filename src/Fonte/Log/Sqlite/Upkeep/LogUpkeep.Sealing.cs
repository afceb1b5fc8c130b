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
        var contents = new BlockContents(block);
        if (_log.OpenBlocks.EventsOf(block) is { } events)
        {
            for (var i = 0; i < events.Count; i++) contents.Add(events[i].Offset, events[i].Topics, events[i].IdHash);
        }
        else
        {
            for (var from = Block.Start(block); from < Block.Start(block + 1); from += RowsAtOnce)
                _reader.ReadTopics(from, Math.Min(Block.Start(block + 1), from + RowsAtOnce), contents.Add);
        }
        _log.Index.Seal(contents);
    }
}
