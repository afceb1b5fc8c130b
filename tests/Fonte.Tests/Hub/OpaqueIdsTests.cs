using System.Numerics;
using CsCheck;
using Xunit;

namespace Fonte.Tests.Hub;

public sealed class OpaqueIdsTests : IDisposable
{
    private static readonly LogIdentity Identity = new([new("aaaaaaaaaaaa", 1), new("bbbbbbbbbbbb", 1000)]);
    private static readonly OpaqueIds Ids = new(Identity, new byte[32]);
    private readonly string _folder = Directory.CreateTempSubdirectory("fonte-ids").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Every_place_has_one_id_that_is_found_again() =>
        Gen.Long[0, long.MaxValue].Sample(offset =>
        {
            var id = Ids.At(offset);
            Assert.Equal(id, Ids.At(offset));
            Assert.Matches("^urn:fonte:x:[a-z2-7]{26}$", id);
            Assert.Equal((offset, null), Ids.Find(id));
            Assert.Equal(id, new OpaqueIds(Identity, new byte[32]).At(offset));
        });

    [Fact]
    public void Ids_of_neighbours_have_nothing_in_common()
    {
        var differing = Enumerable.Range(1, 2000).Select(offset => BitOperations.PopCount((ulong)(Bits(Ids.At(offset)) ^ Bits(Ids.At(offset + 1)))) + 0.0).ToList();
        // 64 of the bits: on average half of them.
        Assert.InRange(differing.Average(), 31, 33);
        Assert.True(differing.Min() > 10);
        Assert.Equal(2001, Enumerable.Range(1, 2001).Select(offset => Ids.At(offset)).Distinct().Count());
    }

    [Fact]
    public void Id_that_was_changed_anywhere_is_none() =>
        Gen.Select(Gen.Long[0, 1_000_000], Gen.Int[0, 37], Gen.Char["abcdefghijklmnopqrstuvwxyz234567A0:-é"]).Sample((offset, at, c) =>
        {
            var id = Ids.At(offset);
            var changed = id[..at] + c + id[(at + 1)..];
            if (changed != id) Assert.Null(Ids.Find(changed));
            Assert.Null(Ids.Find(id[..at]));
            Assert.Null(Ids.Find(id + c));
        });

    [Fact]
    public void Id_of_another_key_or_log_is_none()
    {
        var otherKey = new byte[32];
        otherKey[31] = 1;
        Assert.Null(new OpaqueIds(Identity, otherKey).Find(Ids.At(7)));
        Assert.Null(new OpaqueIds(LogIdentity.New(), new byte[32]).Find(Ids.At(7)));
    }

    [Fact]
    public void Places_of_former_epochs_are_kept_and_those_rolled_back_told()
    {
        var former = new OpaqueIds(new([Identity.Lineage[0]]), new byte[32]);
        Assert.Equal((999, null), Ids.Find(former.At(999)));
        Assert.Equal((0, GapReason.OtherEpoch), Ids.Find(former.At(1000)));
        Assert.Equal(former.At(999), Ids.At(999));
    }

    [Theory]
    [InlineData("")]
    [InlineData("urn:fonte:x:")]
    [InlineData("urn:fonte:bbbbbbbbbbbb:1001")]
    [InlineData("urn:fonte:x:77777777777777777777777777")]
    [InlineData("urn:fonte:x:aaaaaaaaaaaaaaaaaaaaaaaaaa")]
    [InlineData("earliest")]
    public void What_was_not_made_here_is_none(string id) => Assert.Null(Ids.Find(id));

    [Fact]
    public void Positions_do_not_know_opaque_ids() => Assert.Null(new PositionIds(Identity).Find(Ids.At(7)));

    [Fact]
    public async Task Many_threads_make_the_same_ids()
    {
        var expected = Enumerable.Range(0, 1000).Select(offset => Ids.At(offset)).ToList();
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() =>
        {
            for (var round = 0; round < 20; round++)
            {
                for (var offset = 0; offset < expected.Count; offset++)
                {
                    Assert.Equal(expected[offset], Ids.At(offset));
                    Assert.Equal((offset, null), Ids.Find(expected[offset]));
                }
            }
        }, TestContext.Current.CancellationToken)));
    }

    [Fact]
    public void Key_is_made_once_and_only_its_owner_may_read_it()
    {
        var options = new FonteOptions { Data = Path.Combine(_folder, "new", "log") };
        var key = EventIdKey.Of(options);
        Assert.Equal(32, key.Length);
        Assert.Equal(key, EventIdKey.Of(options));
        var file = Path.Combine(options.Data, EventIdKey.FileName);
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        Assert.Equal([file], Directory.GetFiles(options.Data));
        Assert.NotEqual(key, EventIdKey.Of(new() { Data = _folder }));
    }

    [Fact]
    public void Key_of_the_options_counts_and_one_in_memory_is_new()
    {
        var given = new FonteOptions { Data = _folder, EventIdKey = new string('k', 32) };
        Assert.Equal(EventIdKey.Of(given), EventIdKey.Of(new() { Data = FonteOptions.InMemory, EventIdKey = given.EventIdKey }));
        Assert.Empty(Directory.GetFiles(_folder));
        var memory = new FonteOptions { Data = FonteOptions.InMemory };
        Assert.NotEqual(EventIdKey.Of(memory), EventIdKey.Of(memory));
    }

    [Fact]
    public void File_that_is_no_key_is_told_and_left_as_it_is()
    {
        var file = Path.Combine(_folder, EventIdKey.FileName);
        File.WriteAllText(file, "short");
        var refused = Assert.Throws<LogUnavailableException>(() => EventIdKey.Of(new() { Data = _folder }));
        Assert.Contains("it has 5 bytes, not 32", refused.Message, StringComparison.Ordinal);
        Assert.Equal("short", File.ReadAllText(file));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Streams_begin_resume_and_beat_with_opaque_ids(bool ownId)
    {
        await using var hub = new TestHub(options: new() { Data = FonteOptions.InMemory, EventIds = EventIdForm.Opaque, HeartbeatInterval = TimeSpan.FromSeconds(15) });
        var first = await hub.PublishAsync("a", "1", ownId ? "urn:mine" : null);
        var second = await hub.PublishAsync("a", "2");
        var stream = hub.Subscribe("a", first);
        Assert.Equal("2", await stream.NextDataAsync());
        Assert.Equal(second, hub.Hub.LastEventId);
        Assert.StartsWith(OpaqueIds.Prefix, second, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Position_that_is_not_encrypted_is_unknown()
    {
        await using var hub = new TestHub(options: new() { Data = FonteOptions.InMemory, EventIds = EventIdForm.Opaque });
        await hub.PublishAsync("a", "1");
        await hub.PublishAsync("a", "2");
        foreach (var cursor in (string[])[hub.Log.Identity.At(1).ToString(), hub.Log.Identity.At(99).ToString(), "urn:fonte:cccccccccccc:1", "urn:fonte:x:zzz"])
        {
            var gap = hub.Hub.Resume(new() { Matchers = [TopicMatcher.Wildcard], LastEventId = cursor })!;
            Assert.Equal((1, "earliest", GapReason.Unknown), (gap.Next, gap.LastEventId, gap.Gap!.Reason));
        }
    }

    private static UInt128 Bits(string id)
    {
        var bits = UInt128.Zero;
        foreach (var c in id.AsSpan(OpaqueIds.Prefix.Length)) bits = (bits << 5) | (uint)LogEpoch.Alphabet.IndexOf(c, StringComparison.Ordinal);
        return bits;
    }
}
