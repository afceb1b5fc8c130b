namespace Fonte.Durability;

/// <summary>Brings files to a state in which a power cut may have left them: what was not synced is gone, there in part, or there.</summary>
internal sealed class PowerCut
{
    // A moment is the number of the journal and the place in it.
    private const int PlaceBits = 40;
    private readonly Dictionary<ulong, string> _paths = [];
    private readonly Dictionary<ulong, DiskImage> _images = [];
    private readonly List<(long When, JournalRecord Change)> _names = [];

    private PowerCut()
    {
    }

    /// <summary>Cuts the power after what the journals hold, in the order of the server's starts.</summary>
    /// <returns>How many pages and names the cut could take back.</returns>
    public static int Apply(IEnumerable<ReadOnlyMemory<byte>> journals, Random random)
    {
        var cut = new PowerCut();
        var records = journals.SelectMany((journal, number) => JournalRecord.Read(journal).Select(record => (At(number, record.Place), record))).ToList();
        cut.Rewind([.. records.Select(record => record.record)]);
        foreach (var (when, record) in records)
            cut.Follow(when, record);
        return cut.Write(random) + cut.TakeBackNames(random);
    }

    private static long At(int journal, long place) => ((long)journal << PlaceBits) + place;

    private void Rewind(List<JournalRecord> records)
    {
        foreach (var record in records)
            FollowName(record);
        foreach (var record in Enumerable.Reverse(records).Where(record => record.Kind is JournalKind.Wrote or JournalKind.Resized))
        {
            if (!_images.TryGetValue(record.File, out var image))
                _images.Add(record.File, image = Load(_paths[record.File]));
            image.Undo(record);
        }

        foreach (var image in _images.Values)
            image.Settle();
    }

    private void FollowName(JournalRecord record)
    {
        switch (record.Kind)
        {
            case JournalKind.Opened or JournalKind.Created:
                _paths[record.File] = record.Names[0];
                break;
            case JournalKind.Linked or JournalKind.Renamed or JournalKind.Unlinked when record.Names[1].Length > 0:
                _paths[record.File] = record.Names[1];
                break;
        }
    }

    private void Follow(long when, JournalRecord record)
    {
        var until = (when >> PlaceBits << PlaceBits) + record.Offset;
        var image = _images.GetValueOrDefault(record.File);
        switch (record.Kind)
        {
            case JournalKind.Wrote:
                image!.Write(record, when);
                break;
            case JournalKind.Resized:
                image!.Resize(record, when);
                break;
            case JournalKind.Synced:
                image?.Sync(until);
                break;
            case JournalKind.SyncFailed:
                image?.FailSync(until);
                break;
            case JournalKind.FolderSynced:
                _names.RemoveAll(change => change.When < until && FolderOf(change.Change) == _paths[record.File]);
                break;
            case JournalKind.Created or JournalKind.Linked or JournalKind.Renamed or JournalKind.Unlinked:
                _names.Add((when, record));
                break;
        }
    }

    private static string? FolderOf(JournalRecord change) =>
        Path.GetDirectoryName(change.Kind is JournalKind.Linked or JournalKind.Renamed ? change.Names[1] : change.Names[0]);

    private int Write(Random random)
    {
        var unsynced = 0;
        foreach (var (file, image) in _images.OrderBy(image => image.Key))
        {
            if (!File.Exists(_paths[file]))
                continue;
            unsynced += image.Unsynced;
            var (size, pages) = image.Cut(random);
            using var handle = File.OpenHandle(_paths[file], FileMode.Open, FileAccess.Write);
            RandomAccess.SetLength(handle, size);
            foreach (var (start, bytes) in pages.Where(page => page.Start < size))
                RandomAccess.Write(handle, bytes.AsSpan(0, (int)Math.Min(bytes.Length, size - start)), start);
        }

        return unsynced;
    }

    // File systems with a journal keep the order of names: what is left is the beginning of what was done.
    private int TakeBackNames(Random random)
    {
        var kept = random.Next(_names.Count + 1);
        foreach (var (_, change) in Enumerable.Reverse(_names).Take(_names.Count - kept))
        {
            switch (change.Kind)
            {
                case JournalKind.Created:
                    File.Delete(change.Names[0]);
                    break;
                case JournalKind.Linked:
                    File.Delete(change.Names[1]);
                    break;
                case JournalKind.Renamed:
                    File.Move(change.Names[1], change.Names[0]);
                    MoveBack(change.Names[2], change.Names[1]);
                    break;
                default:
                    MoveBack(change.Names[1], change.Names[0]);
                    break;
            }
        }

        return _names.Count;
    }

    private static void MoveBack(string saved, string path)
    {
        if (saved.Length > 0)
            File.Move(saved, path);
    }

    private static DiskImage Load(string path) => new(new FileInfo(path) is { Exists: true } file ? file.Length : 0, start =>
    {
        var bytes = new byte[DiskImage.PageSize];
        if (File.Exists(path))
        {
            using var handle = File.OpenHandle(path, share: FileShare.ReadWrite);
            RandomAccess.Read(handle, bytes, start);
        }

        return bytes;
    });
}
