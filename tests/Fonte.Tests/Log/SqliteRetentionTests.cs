using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Fonte.Tests.Log;

/// <summary>What retention, keep-last and erasure take from the log, and that they leave marks of it.</summary>
public sealed class SqliteRetentionTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UnixEpoch.AddYears(56));

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Events_beyond_the_count_go_and_the_oldest_offset_tells()
    {
        await using var log = Open(new() { MaxEvents = 10 });
        await AppendAsync(log, 1000);
        await log.UpkeepAsync();
        Assert.Equal((991, 1001), (log.OldestOffset, log.NextOffset));
        Assert.Equal(10, Count("event"));
        var slice = log.Read(1, 2000, long.MaxValue);
        Assert.Equal((991, 1001, 10), (slice.From, slice.Next, slice.Events.Count));
    }

    [Fact]
    public async Task Events_beyond_the_age_go()
    {
        await using var log = Open(new() { MaxAge = TimeSpan.FromHours(1) });
        await AppendAsync(log, 5);
        _time.Advance(TimeSpan.FromMinutes(50));
        await AppendAsync(log, 5);
        _time.Advance(TimeSpan.FromMinutes(50));
        await log.UpkeepAsync();
        Assert.Equal((6, 5), (log.OldestOffset, Count("event")));
    }

    [Fact]
    public async Task Log_that_has_lost_everything_goes_on_counting_after_a_restart()
    {
        await using (var log = Open(new() { MaxAge = TimeSpan.FromHours(1) }))
        {
            await AppendAsync(log, 5);
            _time.Advance(TimeSpan.FromHours(2));
            await log.UpkeepAsync();
            Assert.Equal((6, 0), (log.OldestOffset, Count("event")));
        }
        await using var again = Open(new());
        Assert.Equal((6, 6), (again.OldestOffset, again.NextOffset));
        Assert.Equal(6, (await again.AppendAsync(EventDraft.Create("a", "x"), Stop)).Offset);
    }

    [Fact]
    public async Task Bytes_beyond_the_limit_go_and_the_file_shrinks()
    {
        await using var log = Open(new() { MaxBytes = 4 * 1024 * 1024 });
        for (var n = 0; n < 60; n++) await log.AppendAsync(new EventDraft { Topics = ["a"], Data = new byte[1024 * 1024] }, Stop);
        var before = Pages();
        // An estimate leaves a little for the next pass.
        for (var pass = 0; pass < 3; pass++) await log.UpkeepAsync();
        Assert.InRange(log.NextOffset - log.OldestOffset, 2, 4);
        while (Pages() > 12_000) await log.AppendAsync(EventDraft.Create("a", "x"), Stop);
        Assert.InRange(before, 15_000, 16_000);
    }

    [Fact]
    public async Task Topic_with_a_shorter_age_loses_its_events_alone_and_is_told_by_its_rule()
    {
        await using var log = Open(new() { Topics = [new() { Pattern = "short/*", MaxAge = TimeSpan.FromMinutes(1) }] });
        await AppendAsync(log, 1, "short/a");
        await AppendAsync(log, 1, "long");
        await log.AppendAsync(new EventDraft { Topics = ["short/b", "other"], Data = default }, Stop);
        _time.Advance(TimeSpan.FromMinutes(2));
        await AppendAsync(log, 1, "short/a");
        await log.UpkeepAsync();
        Assert.Equal([2, 4], log.Read(1, 10, long.MaxValue).Events.Select(logged => logged.Offset));
        Assert.Equal((4, 0, 4, 4), (log.TruncatedTo(Topic("short/a")), log.TruncatedTo(Topic("long")), log.TruncatedTo(Topic("other")), log.TruncatedTo(TopicSelection.All)));
        Assert.Equal(1, log.OldestOffset);
    }

    [Fact]
    public async Task Topic_with_a_longer_age_outlives_the_others()
    {
        await using var log = Open(new() { MaxAge = TimeSpan.FromMinutes(1), Topics = [new() { Pattern = "audit", MaxAge = TimeSpan.Zero }] });
        await AppendAsync(log, 3, "a");
        await AppendAsync(log, 1, "audit");
        await AppendAsync(log, 3, "a");
        _time.Advance(TimeSpan.FromMinutes(2));
        await log.UpkeepAsync();
        Assert.Equal([4], log.Read(1, 10, long.MaxValue).Events.Select(logged => logged.Offset));
        Assert.Equal((8, 0), (log.TruncatedTo(Topic("a")), log.TruncatedTo(Topic("audit"))));
    }

    [Fact]
    public async Task Marks_of_former_rules_hold_for_every_topic()
    {
        await using (var log = Open(new() { Topics = [new() { Pattern = "short/*", MaxAge = TimeSpan.FromMinutes(1) }] }))
        {
            await AppendAsync(log, 1, "short/a");
            await AppendAsync(log, 1, "b");
            _time.Advance(TimeSpan.FromMinutes(2));
            await log.UpkeepAsync();
        }
        await using var again = Open(new() { Topics = [new() { Pattern = "short/a", MaxAge = TimeSpan.FromHours(1) }] });
        Assert.Equal((3, 3), (again.TruncatedTo(Topic("short/a")), again.TruncatedTo(Topic("b"))));
    }

    [Fact]
    public async Task Erasure_without_a_server_leaves_the_rules_in_force()
    {
        var retention = new RetentionOptions { Topics = [new() { Pattern = "short/*", MaxAge = TimeSpan.FromMinutes(1) }] };
        await using (var log = Open(retention))
        {
            await AppendAsync(log, 1, "short/a");
            await AppendAsync(log, 2, "b");
            _time.Advance(TimeSpan.FromMinutes(2));
            await log.UpkeepAsync();
        }
        Assert.Equal(0, await LogErasure.EraseAsync(_folder.Path, "none", _time, Stop));
        await using var again = Open(retention);
        Assert.Equal((4, 0), (again.TruncatedTo(Topic("short/a")), again.TruncatedTo(Topic("b"))));
    }

    [Fact]
    public async Task Only_the_last_events_of_a_topic_are_kept()
    {
        await using var log = Open(new() { Topics = [new() { Pattern = "state/*", KeepLast = 2 }] });
        for (var n = 0; n < 5; n++)
        {
            await AppendAsync(log, 1, "state/a");
            await AppendAsync(log, 1, "state/b");
            await AppendAsync(log, 1, "log");
        }
        await log.UpkeepAsync();
        Assert.Equal([10, 13], OffsetsOf(log, "state/a"));
        Assert.Equal([11, 14], OffsetsOf(log, "state/b"));
        Assert.Equal([3, 6, 9, 12, 15], OffsetsOf(log, "log"));
        Assert.Equal((8, 9, 0), (log.TruncatedTo(Topic("state/a")), log.TruncatedTo(Topic("state/b")), log.TruncatedTo(Topic("log"))));
        await AppendAsync(log, 1, "state/a");
        await log.UpkeepAsync();
        Assert.Equal([13, 16], OffsetsOf(log, "state/a"));
    }

    [Fact]
    public async Task Keep_last_goes_on_after_a_restart_and_after_the_index_was_lost()
    {
        var retention = new RetentionOptions { Topics = [new() { Pattern = "*", KeepLast = 1 }] };
        await using (var log = Open(retention))
        {
            await AppendAsync(log, 3, "a");
            await log.UpkeepAsync();
        }
        await using (var log = Open(retention))
        {
            await AppendAsync(log, 1, "a");
            await log.UpkeepAsync();
            Assert.Equal([4], OffsetsOf(log, "a"));
        }
        File.Delete(_folder.File("fonte-index.db"));
        await using (var log = Open(retention))
        {
            await AppendAsync(log, 1, "a");
            await log.UpkeepAsync();
            Assert.Equal([5], OffsetsOf(log, "a"));
            Assert.Equal(5, log.TruncatedTo(Topic("a")));
        }
    }

    [Fact]
    public async Task Erased_topic_is_gone_from_the_disk_and_from_memory_and_told()
    {
        await using var log = Open(new());
        await AppendAsync(log, 2, "person/7", "secret-of-seven");
        await AppendAsync(log, 1, "other", "harmless");
        await log.AppendAsync(new EventDraft { Topics = ["orders", "person/7"], Data = "secret-of-seven"u8.ToArray() }, Stop);
        Assert.Equal(3, await log.EraseAsync("person/7", Stop));
        Assert.Equal([3], log.Read(1, 10, long.MaxValue).Events.Select(logged => logged.Offset));
        Assert.Equal((5, 5, 0), (log.TruncatedTo(Topic("person/7")), log.TruncatedTo(Topic("orders")), log.TruncatedTo(Topic("other"))));
        Assert.Equal(1, log.Erasures);
        foreach (var file in Directory.GetFiles(_folder.Path, "*.db*"))
            Assert.True((await File.ReadAllBytesAsync(file, Stop)).AsSpan().IndexOf("secret-of-seven"u8) < 0, file);
    }

    [Fact]
    public async Task Erasure_that_another_process_asks_for_is_done_and_answered()
    {
        await using var log = Open(new());
        await AppendAsync(log, 3, "a");
        using (var other = SqliteConnections.Open(_folder.File("fonte.db"), SqliteOpenMode.ReadWrite, "PRAGMA busy_timeout = 1000"))
            other.Execute("INSERT INTO erasure (topic) VALUES ('a')");
        await log.UpkeepAsync();
        using var connection = SqliteConnections.Open(_folder.File("fonte.db"), SqliteOpenMode.ReadOnly);
        Assert.Equal((3, 0), (connection.Scalar("SELECT erased FROM erasure WHERE topic = 'a'"), OffsetsOf(log, "a").Count));
    }

    [Fact]
    public async Task Appends_go_on_while_everything_goes()
    {
        await using var log = Open(new() { MaxEvents = 1 });
        for (var round = 0; round < 20; round++)
        {
            var upkeep = log.UpkeepAsync();
            await AppendAsync(log, 500);
            await upkeep;
        }
        await log.UpkeepAsync();
        Assert.Equal((10_000, 10_001, 1), (log.OldestOffset, log.NextOffset, Count("event")));
    }

    private SqliteEventLog Open(RetentionOptions retention)
    {
        retention.Interval = TimeSpan.FromDays(1);
        return SqliteEventLog.Open(
            new() { Directory = _folder.Path, Retention = retention, BallastBytes = 0, TailBytes = 1, TimeProvider = _time }, NullLogger<SqliteEventLog>.Instance);
    }

    private static async Task AppendAsync(SqliteEventLog log, int count, string topic = "a", string data = "x")
    {
        var result = await log.AppendAsync(new PublishRequest { Events = [.. Enumerable.Range(0, count).Select(_ => EventDraft.Create(topic, data))] }, Stop);
        Assert.Equal(AppendOutcome.Appended, result.Outcome);
    }

    private static TopicSelection Topic(string topic) => new([TopicMatcher.Exact(topic)]);

    private static List<long> OffsetsOf(SqliteEventLog log, string topic)
    {
        var offsets = new List<long>();
        for (var from = log.OldestOffset; from < log.NextOffset;)
        {
            var slice = log.Read(Topic(topic), from, 1000, long.MaxValue);
            offsets.AddRange(slice.Events.Select(logged => logged.Offset));
            from = slice.Next;
        }
        return offsets;
    }

    private long Count(string table) => Scalar($"SELECT count(*) FROM {table}");

    private long Pages() => Scalar("PRAGMA page_count");

    private long Scalar(string sql)
    {
        using var connection = SqliteConnections.Open(_folder.File("fonte.db"), SqliteOpenMode.ReadOnly);
        return connection.Scalar(sql);
    }
}
