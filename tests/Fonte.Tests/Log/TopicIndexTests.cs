using CsCheck;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Fonte.Tests.Log;

/// <summary>The derived index: whatever its state, a read of some topics finds what a look at every event finds.</summary>
public sealed class TopicIndexTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private string IndexFile => _folder.File("fonte-index.db");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Read_of_topics_equals_a_look_at_every_event_in_sealed_and_open_blocks()
    {
        await using var log = Open();
        var all = await FillAsync(log, 3 * Block.Length + 100);
        await log.UpkeepAsync();
        Assert.Equal(3, log.Index.SealedTo);
        var topic = Gen.Int[0, 60].Select(TopicOf);
        Gen.Select(topic.Array[1, 3], Gen.Int[1, all.Count], Gen.Int[1, 3000]).Sample((topics, from, most) =>
        {
            var expected = all.Where(one => one.Offset >= from && one.Topics.Intersect(topics).Any()).Select(one => one.Offset);
            return OffsetsOf(log, topics, from, most).SequenceEqual(expected);
        }, iter: 30, threads: 1);
    }

    [Theory]
    [InlineData("delete")]
    [InlineData("garbage")]
    [InlineData("of another log")]
    [InlineData("of the future")]
    public async Task Index_that_does_not_fit_is_made_again_and_nothing_is_missed_meanwhile(string fault)
    {
        IReadOnlyList<(long Offset, string[] Topics)> all;
        await using (var log = Open())
        {
            all = await FillAsync(log, Block.Length + 100);
            await log.UpkeepAsync();
            Assert.Equal(1, log.Index.SealedTo);
        }
        Spoil(fault);
        await using var again = Open();
        var expected = all.Where(one => one.Topics.Contains("t1")).Select(one => one.Offset).ToList();
        Assert.Equal(expected, OffsetsOf(again, ["t1"], 1, 1000));
        await again.UpkeepAsync();
        Assert.Equal(1, again.Index.SealedTo);
        Assert.Equal(expected, OffsetsOf(again, ["t1"], 1, 1000));
        Assert.Equal(again.FindEventId("id-500"), all[499].Offset);
    }

    [Fact]
    public async Task List_of_places_that_was_changed_is_not_believed()
    {
        await using var log = Open();
        var all = await FillAsync(log, Block.Length + 100);
        await log.UpkeepAsync();
        using (var other = SqliteConnections.Open(IndexFile, SqliteOpenMode.ReadWrite, "PRAGMA busy_timeout = 1000"))
            other.Execute("UPDATE topic SET places = substr(places, 1, length(places) - 2)");
        var expected = all.Where(one => one.Topics.Contains("t1")).Select(one => one.Offset).ToList();
        Assert.Equal(expected, OffsetsOf(log, ["t1"], 1, 1000));
        Assert.True(log.Index.IsDamaged);
        await log.UpkeepAsync();
        Assert.False(log.Index.IsDamaged);
        Assert.Equal(expected, OffsetsOf(log, ["t1"], 1, 1000));
    }

    [Fact]
    public async Task Own_ids_are_found_at_their_earliest_event_in_sealed_and_open_blocks()
    {
        await using var log = Open();
        await log.AppendAsync(new EventDraft { Topics = ["a"], Data = default, Id = "twice" }, Stop);
        await FillAsync(log, Block.Length);
        await log.UpkeepAsync();
        var late = await log.AppendAsync(new EventDraft { Topics = ["a"], Data = default, Id = "late" }, Stop);
        await log.AppendAsync(new EventDraft { Topics = ["a"], Data = default, Id = "twice" }, Stop);
        Assert.Equal((1, late.Offset, null), (log.FindEventId("twice"), log.FindEventId("late"), log.FindEventId("never")));
    }

    [Fact]
    public async Task Blocks_of_which_nothing_is_kept_leave_the_index()
    {
        await using var log = Open(new() { MaxEvents = 10, Interval = TimeSpan.FromDays(1) });
        await FillAsync(log, 2 * Block.Length + 100);
        await log.UpkeepAsync();
        await log.UpkeepAsync();
        using var connection = SqliteConnections.Open(IndexFile, SqliteOpenMode.ReadOnly);
        Assert.Equal((0, 0), (connection.Scalar("SELECT count(*) FROM topic"), connection.Scalar("SELECT count(*) FROM block")));
    }

    [Fact]
    public async Task Topic_that_was_erased_before_its_block_was_sealed_does_not_enter_the_index()
    {
        await using var log = Open();
        await log.AppendAsync(new EventDraft { Topics = ["person/7", "t1"], Data = default }, Stop);
        var all = await FillAsync(log, Block.Length / 2);
        Assert.Equal(1, await log.EraseAsync("person/7", Stop));
        all = [.. all, .. await FillAsync(log, Block.Length)];
        await log.UpkeepAsync();
        Assert.Equal(1, log.Index.SealedTo);
        Assert.Equal(all.Where(one => one.Topics.Contains("t1")).Select(one => one.Offset), OffsetsOf(log, ["t1"], 1, 1000));
        using var connection = SqliteConnections.Open(IndexFile, SqliteOpenMode.ReadOnly);
        Assert.Equal(0, connection.Scalar("SELECT count(*) FROM topic WHERE topic = 'person/7'"));
    }

    [Theory]
    [InlineData(0.5)]
    [InlineData(1.0)]
    [InlineData(1.5)]
    [InlineData(2.5)]
    public async Task Topic_that_is_erased_below_an_offset_is_found_from_there_on(double blocks)
    {
        await using var log = Open();
        var all = await FillAsync(log, 2 * Block.Length + 100);
        await log.UpkeepAsync();
        Assert.Equal(2, log.Index.SealedTo);
        var before = (long)(blocks * Block.Length);
        await log.EraseAsync("t1", before, Stop);
        var left = all.Where(one => one.Topics.Contains("t1") && one.Offset >= before).Select(one => one.Offset).ToList();
        Assert.Equal(left, OffsetsOf(log, ["t1"], 1, 1000));
        using var connection = SqliteConnections.Open(IndexFile, SqliteOpenMode.ReadOnly);
        Assert.Equal(left.Select(offset => Block.Of(offset)).Distinct().Count(block => block < 2), connection.Scalar("SELECT count(*) FROM topic WHERE topic = 't1'"));
    }

    [Fact]
    public async Task Topic_whose_events_retention_took_before_it_was_erased_does_not_enter_the_index()
    {
        await using var log = Open(new() { MaxEvents = 100, Interval = TimeSpan.FromDays(1) });
        await log.AppendAsync(new EventDraft { Topics = ["person/7"], Data = default }, Stop);
        await FillAsync(log, Block.Length / 2);
        await log.UpkeepAsync();
        Assert.Equal(0, await log.EraseAsync("person/7", Stop));
        await FillAsync(log, Block.Length / 2);
        await log.UpkeepAsync();
        Assert.Equal(1, log.Index.SealedTo);
        using var connection = SqliteConnections.Open(IndexFile, SqliteOpenMode.ReadOnly);
        Assert.Equal(0, connection.Scalar("SELECT count(*) FROM topic WHERE topic = 'person/7'"));
    }

    [Fact]
    public void Events_that_a_recovery_adds_again_are_there_once()
    {
        var blocks = new OpenBlocks();
        blocks.Begin(0);
        foreach (var offset in (long[])[1, 2, 1, 2, 3]) blocks.Add(offset, ["a"], offset);
        Assert.Equal([1, 2, 3], blocks.EventsOf(0)!.Select(one => one.Offset));
        var found = new List<long>();
        Assert.True(blocks.TryFind(0, new([TopicMatcher.Exact("a")]), found));
        Assert.Equal([1, 2, 3], found);
    }

    [Fact]
    public void Topics_that_take_too_much_memory_are_found_still()
    {
        var blocks = new OpenBlocks();
        blocks.Begin(0);
        for (var offset = 1L; offset <= 4000; offset++) blocks.Add(offset, [$"{offset}-{new string('x', 5000)}"], null);
        Assert.Null(blocks.EventsOf(0));
        var found = new List<long>();
        Assert.True(blocks.TryFind(0, new([TopicMatcher.Exact($"3999-{new string('x', 5000)}")]), found));
        Assert.Equal([3999], found);
    }

    private void Spoil(string fault)
    {
        if (fault == "delete") File.Delete(IndexFile);
        else if (fault == "garbage") File.WriteAllText(IndexFile, new string('x', 10_000));
        else
        {
            using var connection = SqliteConnections.Open(IndexFile, SqliteOpenMode.ReadWrite);
            connection.Execute("UPDATE topic SET places = x''");
            connection.Execute(fault == "of the future" ? "DELETE FROM block; UPDATE state SET sealed_to = 9" : "UPDATE state SET epoch = 'another'");
            if (fault == "of the future") connection.Execute("DELETE FROM topic");
        }
    }

    private SqliteEventLog Open(RetentionOptions? retention = null) => SqliteEventLog.Open(
        new() { Directory = _folder.Path, Retention = retention ?? new(), BallastBytes = 0, TailBytes = 1 }, NullLogger<SqliteEventLog>.Instance);

    private static string TopicOf(int n) => $"t{n}";

    /// <summary>Events of one to three of fifty topics, every tenth with an ID.</summary>
    private static async Task<IReadOnlyList<(long Offset, string[] Topics)>> FillAsync(SqliteEventLog log, int count)
    {
        var random = new Random(1);
        var all = new List<(long, string[])>();
        for (var made = 0; made < count; made += 1000)
        {
            var drafts = Enumerable.Range(made + 1, Math.Min(1000, count - made)).Select(n => new EventDraft
            {
                Topics = [.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => TopicOf(random.Next(50))).Distinct()],
                Data = default,
                Id = n % 10 == 0 ? $"id-{n}" : null,
            }).ToList();
            var first = (await log.AppendAsync(new PublishRequest { Events = drafts }, Stop)).Offset;
            all.AddRange(drafts.Select((draft, n) => (first + n, draft.Topics.ToArray())));
        }
        return all;
    }

    private static List<long> OffsetsOf(SqliteEventLog log, string[] topics, long from, int most)
    {
        var offsets = new List<long>();
        var selection = new TopicSelection([.. topics.Select(TopicMatcher.Exact)]);
        while (from < log.NextOffset)
        {
            var slice = log.Read(selection, from, most, long.MaxValue);
            offsets.AddRange(slice.Events.Select(logged => logged.Offset));
            from = slice.Next;
        }
        return offsets;
    }
}
