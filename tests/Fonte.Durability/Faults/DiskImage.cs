namespace Fonte.Durability;

/// <summary>One file as the kernel has it and as the disk has it; only the pages that were touched.</summary>
/// <remarks>
/// <code>
/// write      kernel's page changes, dirty       sync     disk's page = kernel's, clean
/// cut off    kernel's size changes              failed   clean, but the disk's page stays as it was (fsync(2), "EIO")
/// </code>
/// </remarks>
internal sealed class DiskImage
{
    public const int PageSize = 4096;
    private const int SectorSize = 512;
    private readonly SortedDictionary<long, Page> _pages = [];
    private readonly HashSet<Page> _dirty = [];
    private readonly Func<long, byte[]> _load;
    private long _size;
    private long _durableSize;

    /// <param name="size">The file's size now.</param>
    /// <param name="load">Gives the page that begins at an offset as it is in the file now, filled up with zeros.</param>
    public DiskImage(long size, Func<long, byte[]> load)
    {
        (_size, _durableSize, _load) = (size, size, load);
    }

    /// <summary>How many pages are written and not synced.</summary>
    public int Unsynced => _dirty.Count;

    /// <summary>Takes a change back, to find what was there before the journal began. Called for all, the last first.</summary>
    public void Undo(JournalRecord change)
    {
        // What was appended had no bytes before, but its pages are touched too.
        for (var start = change.Offset / PageSize * PageSize; start < change.Offset + change.New.Length; start += PageSize)
            PageAt(start);
        Copy(change.Old.Span, change.Offset);
        _size = change.OldSize;
    }

    /// <summary>What is there now is what the disk had.</summary>
    public void Settle()
    {
        _durableSize = _size;
        foreach (var (start, page) in _pages)
        {
            ClearBeyondSize(start, page);
            page.Kernel.CopyTo(page.Disk, 0);
        }
    }

    public void Write(JournalRecord change, long when)
    {
        Copy(change.New.Span, change.Offset, when);
        _size = Math.Max(_size, change.Offset + change.New.Length);
    }

    public void Resize(JournalRecord change, long when)
    {
        _size = change.Offset;
        foreach (var (start, page) in _pages)
        {
            if (ClearBeyondSize(start, page))
                Soil(page, when);
        }
    }

    /// <summary>Everything before this moment is on the disk.</summary>
    public void Sync(long until)
    {
        _durableSize = _size;
        foreach (var page in Clean(until))
            page.Kernel.CopyTo(page.Disk, 0);
    }

    /// <summary>The kernel takes everything before this moment for written, but it is not: only writing it again helps.</summary>
    public void FailSync(long until) => Clean(until);

    /// <summary>What the disk holds after the cut: of what was not synced nothing, some pages or some sectors.</summary>
    public (long Size, IEnumerable<(long Start, byte[] Bytes)> Pages) Cut(Random random)
    {
        var keeps = random.Next(3);
        foreach (var page in _pages.Values.Where(_dirty.Contains))
        {
            var keepsPage = random.Next(2) == 0;
            for (var sector = 0; sector < PageSize && keeps > 0; sector += SectorSize)
            {
                if (keeps == 1 ? keepsPage : random.Next(2) == 0)
                    page.Kernel.AsSpan(sector, SectorSize).CopyTo(page.Disk.AsSpan(sector));
            }
        }

        var size = keeps > 0 && random.Next(2) == 0 ? _size : _durableSize;
        return (size, _pages.Select(page => (page.Key, page.Value.Disk)));
    }

    private List<Page> Clean(long until)
    {
        var cleaned = _dirty.Where(page => page.DirtySince < until).ToList();
        _dirty.ExceptWith(cleaned);
        return cleaned;
    }

    private void Soil(Page page, long when)
    {
        if (_dirty.Add(page))
            page.DirtySince = when;
    }

    private void Copy(ReadOnlySpan<byte> bytes, long offset, long? when = null)
    {
        while (!bytes.IsEmpty)
        {
            var within = (int)(offset % PageSize);
            var page = PageAt(offset - within);
            var count = Math.Min(bytes.Length, PageSize - within);
            bytes[..count].CopyTo(page.Kernel.AsSpan(within));
            if (when is { } moment)
                Soil(page, moment);
            bytes = bytes[count..];
            offset += count;
        }
    }

    private Page PageAt(long start)
    {
        if (!_pages.TryGetValue(start, out var page))
            _pages.Add(start, page = new Page(_load(start)));
        return page;
    }

    private bool ClearBeyondSize(long start, Page page)
    {
        var kept = (int)Math.Clamp(_size - start, 0, PageSize);
        page.Kernel.AsSpan(kept).Clear();
        return kept < PageSize;
    }

    private sealed class Page(byte[] bytes)
    {
        public byte[] Kernel { get; } = bytes;

        public byte[] Disk { get; } = [.. bytes];

        public long DirtySince { get; set; }
    }
}
