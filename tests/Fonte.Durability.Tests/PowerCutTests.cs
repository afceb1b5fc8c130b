using System.Buffers.Binary;
using System.Text;

namespace Fonte.Durability.Tests;

/// <summary>Journals as the shim writes them, and the files after the cut.</summary>
public sealed class PowerCutTests : IDisposable
{
    private const ulong Inode = 7;
    private const ulong FolderInode = 8;
    private readonly string _folder = Directory.CreateTempSubdirectory("fonte-power-").FullName;
    private readonly List<byte> _journal = [];

    private string FilePath => Path.Combine(_folder, "file");

    [Fact]
    public void What_was_synced_stays()
    {
        Opened();
        Write(0, "synced");
        Sync();

        Assert.All(Cuts(), text => Assert.Equal("synced", text));
    }

    [Fact]
    public void What_was_not_synced_may_be_gone_and_may_be_there()
    {
        Opened();
        Write(0, "synced");
        Sync();
        Write(0, "newer!");

        Assert.Equal(["newer!", "synced"], Cuts().Distinct().Order());
    }

    [Fact]
    public void A_file_that_was_empty_before_may_be_empty_longer_or_without_its_bytes()
    {
        Opened();
        Write(0, "new");

        Assert.Equal(["", "\0\0\0", "new"], Cuts().Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_write_may_be_torn_between_sectors()
    {
        File.WriteAllText(FilePath, new string('a', 4096));
        Opened();
        Write(0, new string('b', 4096));

        Assert.Contains(Cuts(), text => text.Contains('a', StringComparison.Ordinal) && text.Contains('b', StringComparison.Ordinal));
        Assert.All(Cuts(), text => Assert.All(text.Chunk(512), sector => Assert.Single(sector.Distinct())));
    }

    [Fact]
    public void A_write_that_began_after_the_sync_is_not_covered_by_it()
    {
        Opened();
        Write(0, "aaa");
        var before = _journal.Count;
        Write(5000, "bbb");
        Sync(until: before);

        Assert.Contains(Cuts(), text => text.Length >= 3 && text.TrimEnd('\0') == "aaa");
    }

    [Fact]
    public void After_a_failed_sync_another_does_not_help()
    {
        File.WriteAllText(FilePath, "old");
        Opened();
        Write(0, "new");
        Add(6, Inode, offset: _journal.Count);
        Sync();

        Assert.All(Cuts(), text => Assert.Equal("old", text));
    }

    [Fact]
    public void After_a_failed_sync_writing_again_helps()
    {
        File.WriteAllText(FilePath, "old");
        Opened();
        Write(0, "new");
        Add(6, Inode, offset: _journal.Count);
        Write(0, "new");
        Sync();

        Assert.All(Cuts(), text => Assert.Equal("new", text));
    }

    [Fact]
    public void A_truncation_that_was_not_synced_may_be_taken_back()
    {
        File.WriteAllText(FilePath, "long text");
        Opened();
        Add(4, Inode, offset: 4, oldSize: 9, old: " text");
        File.WriteAllText(FilePath, "long");

        Assert.Equal(["long", "long text"], Cuts().Select(text => text.TrimEnd('\0')).Distinct().Order());
    }

    [Fact]
    public void A_sync_of_a_later_start_covers_what_an_earlier_one_wrote()
    {
        Opened();
        Write(0, "first");
        var first = _journal.ToArray();
        _journal.Clear();
        Opened();
        Sync();

        Assert.All(Cuts(first), text => Assert.Equal("first", text));
    }

    [Fact]
    public void What_the_killed_process_did_not_finish_recording_is_left_out()
    {
        Opened();
        Write(0, "synced");
        Sync();
        var whole = _journal.Count;
        Write(0, "newer!");
        File.WriteAllText(FilePath, "synced");
        _journal.RemoveRange(_journal.Count - 1, 1);

        Assert.True(whole < _journal.Count);
        Assert.All(Cuts(), text => Assert.Equal("synced", text));
    }

    [Fact]
    public void Names_may_vanish_until_the_folder_is_synced()
    {
        var existed = new HashSet<bool>();
        for (var seed = 0; seed < 20; seed++)
        {
            File.WriteAllText(FilePath, "");
            _journal.Clear();
            Add(2, Inode, names: FilePath);
            PowerCut.Apply([_journal.ToArray()], new Random(seed));
            existed.Add(File.Exists(FilePath));
        }

        Assert.Equal(2, existed.Count);
        File.WriteAllText(FilePath, "");
        Add(1, FolderInode, names: _folder);
        Add(10, FolderInode, offset: _journal.Count);
        for (var seed = 0; seed < 20; seed++)
            PowerCut.Apply([_journal.ToArray()], new Random(seed));
        Assert.True(File.Exists(FilePath));
    }

    [Fact]
    public void A_renamed_file_gets_its_old_name_back_and_the_replaced_one_too()
    {
        var (from, saved) = (Path.Combine(_folder, "from"), Path.Combine(_folder, "saved"));
        File.WriteAllText(FilePath, "new");
        File.WriteAllText(saved, "replaced");
        Add(8, Inode, names: $"{from}\0{FilePath}\0{saved}");

        for (var seed = 0; !File.Exists(from); seed++)
            PowerCut.Apply([_journal.ToArray()], new Random(seed));
        Assert.Equal("new", File.ReadAllText(from));
        Assert.Equal("replaced", File.ReadAllText(FilePath));
    }

    [Fact]
    public void A_deleted_file_comes_back_as_it_was_synced()
    {
        var saved = Path.Combine(_folder, "saved");
        File.WriteAllText(saved, "");
        Opened();
        Write(0, "kept", path: saved);
        Sync();
        File.Delete(FilePath);
        Add(9, Inode, names: $"{FilePath}\0{saved}");

        for (var seed = 0; !File.Exists(FilePath); seed++)
            PowerCut.Apply([_journal.ToArray()], new Random(seed));
        Assert.Equal("kept", File.ReadAllText(FilePath));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private void Opened()
    {
        if (!File.Exists(FilePath))
            File.WriteAllText(FilePath, "");
        Add(1, Inode, names: FilePath);
    }

    private void Sync(int? until = null) => Add(5, Inode, offset: until ?? _journal.Count);

    private void Write(int offset, string text, string? path = null)
    {
        path ??= FilePath;
        var before = File.ReadAllBytes(path);
        var old = before.Skip(offset).Take(text.Length).ToArray();
        Add(3, Inode, offset, before.Length, text, Encoding.ASCII.GetString(old));
        using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Write);
        RandomAccess.Write(file, Encoding.ASCII.GetBytes(text), offset);
    }

    private void Add(int kind, ulong file, long offset = 0, long oldSize = 0, string written = "", string old = "", string names = "")
    {
        var text = names.Length > 0 ? names + "\0" : "";
        Span<byte> head = stackalloc byte[48];
        BinaryPrimitives.WriteInt32LittleEndian(head, kind);
        BinaryPrimitives.WriteInt32LittleEndian(head[4..], text.Length);
        BinaryPrimitives.WriteUInt64LittleEndian(head[8..], file);
        BinaryPrimitives.WriteInt64LittleEndian(head[16..], offset);
        BinaryPrimitives.WriteInt64LittleEndian(head[24..], written.Length);
        BinaryPrimitives.WriteInt64LittleEndian(head[32..], old.Length);
        BinaryPrimitives.WriteInt64LittleEndian(head[40..], oldSize);
        _journal.AddRange(head);
        _journal.AddRange(Encoding.ASCII.GetBytes(text + written + old));
    }

    /// <summary>The file after cuts of many seeds, each from the same state.</summary>
    private List<string> Cuts(params byte[][] earlier)
    {
        var before = File.ReadAllBytes(FilePath);
        var texts = new List<string>();
        for (var seed = 0; seed < 40; seed++)
        {
            File.WriteAllBytes(FilePath, before);
            PowerCut.Apply([.. earlier.Select(journal => (ReadOnlyMemory<byte>)journal), _journal.ToArray()], new Random(seed));
            texts.Add(File.ReadAllText(FilePath));
        }

        return texts;
    }
}
