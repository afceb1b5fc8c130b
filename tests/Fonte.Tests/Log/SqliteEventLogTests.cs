using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Fonte.Tests.Log;

public sealed class SqliteEventLogTests : EventLogContract
{
    // Taken from the first log of this format; a change to how they come about makes every log that exists unreadable.
    private const long FullRowChecksum = 55121370;
    private const long EmptyRowChecksum = 1134734979;
    private readonly TemporaryFolder _folder = new();

    private protected override IEventLog Open() => OpenLog();

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _folder.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Reopened_log_has_its_identity_its_events_and_goes_on_counting()
    {
        await AppendAsync("a", "1", id: "x");
        await AppendAsync("a", "2");
        var identity = Log.Identity;
        await Log.DisposeAsync();
        await using var again = OpenLog();
        Assert.Equal(identity.Lineage, again.Identity.Lineage);
        Assert.Equal((1, 3), (again.OldestOffset, again.NextOffset));
        Assert.Equal(["1", "2"], again.Read(1, 10, 1000).Events.Select(DataOf));
        Assert.Equal(1, again.FindEventId("x"));
        Assert.Equal(3, (await again.AppendAsync(EventDraft.Create("a", "3"), Stop)).Offset);
        Assert.Equal(["2", "3"], again.Read(2, 10, 1000).Events.Select(DataOf));
    }

    [Fact]
    public async Task Events_beyond_the_tail_in_memory_are_read_from_the_disk()
    {
        await using var small = OpenLog(tailBytes: 1);
        for (var n = 1; n <= 20; n++) await small.AppendAsync(EventDraft.Create("a", $"{n}"), Stop);
        Assert.Equal(Enumerable.Range(1, 20).Select(n => $"{n}"), small.Read(1, 100, long.MaxValue).Events.Select(DataOf));
        Assert.Equal((3, 5), (small.Read(3, 2, long.MaxValue).From, small.Read(3, 2, long.MaxValue).Next));
    }

    [Fact]
    public async Task Emptied_log_does_not_give_an_offset_twice()
    {
        await AppendAsync("a", "1");
        await AppendAsync("a", "2");
        await Log.DisposeAsync();
        Execute("UPDATE state SET next_offset = 3; DELETE FROM event;");
        await using var again = OpenLog();
        Assert.Equal((3, 3), (again.OldestOffset, again.NextOffset));
        Assert.Equal(3, (await again.AppendAsync(EventDraft.Create("a", "3"), Stop)).Offset);
    }

    [Fact]
    public async Task Appends_beyond_the_bound_are_refused_and_taken_again_later()
    {
        var release = new TaskCompletionSource();
        await using var log = OpenLog(maxPendingBytes: 2000, time: new BlockingTime(release.Task));
        var first = log.AppendAsync(EventDraft.Create("a", "1"), Stop);
        var waiting = new List<Task<AppendResult>>();
        AppendResult refused;
        while (true)
        {
            var append = log.AppendAsync(EventDraft.Create("a", "x"), Stop);
            if (append.IsCompleted)
            {
                refused = await append;
                break;
            }
            waiting.Add(append.AsTask());
        }
        Assert.Equal(AppendOutcome.Overloaded, refused.Outcome);
        Assert.InRange(waiting.Count, 1, 9);
        release.SetResult();
        Assert.Equal(AppendOutcome.Appended, (await first).Outcome);
        Assert.All(await Task.WhenAll(waiting), result => Assert.Equal(AppendOutcome.Appended, result.Outcome));
        Assert.Equal(AppendOutcome.Appended, (await log.AppendAsync(EventDraft.Create("a", "x"), Stop)).Outcome);
    }

    [Fact]
    public async Task Format_on_the_disk_is_the_one_that_is_fixed()
    {
        await AppendAsync("a", "1");
        await Log.DisposeAsync();
        Assert.Equal(0x466E7465, Scalar("PRAGMA application_id"));
        Assert.Equal(2, Scalar("PRAGMA user_version"));
        Assert.Equal(2, Scalar("PRAGMA auto_vacuum"));
        Assert.Equal(1, Scalar("SELECT count(*) FROM pragma_journal_mode WHERE journal_mode = 'wal'"));
        Assert.Equal(["fonte-index.db", "fonte.db", "fonte.lock"], Directory.GetFiles(_folder.Path).Select(Path.GetFileName).Order());
    }

    [Fact]
    public async Task Checksum_on_the_disk_is_the_one_that_is_fixed()
    {
        var full = new EventDraft { Topics = ["a", "é"], Data = "x\0y"u8.ToArray(), Id = "mine", Type = "update", RetryMilliseconds = 5, Private = true };
        await Log.AppendAsync(full, Stop);
        await AppendAsync("a", "");
        await Log.DisposeAsync();
        Assert.Equal(FullRowChecksum, Scalar("SELECT checksum FROM event WHERE offset = 1"));
        Assert.Equal(EmptyRowChecksum, Scalar("SELECT checksum FROM event WHERE offset = 2"));
    }

    [Fact]
    public async Task Every_commit_is_flushed_unless_the_log_is_relaxed()
    {
        await AppendAsync("a", "1");
        await Log.DisposeAsync();
        using var writer = new SqliteLogWriter(_folder.File("fonte.db"));
        Assert.Equal(2, writer.Connection.Scalar("PRAGMA synchronous"));
        writer.Relax(SqliteSynchronous.Normal);
        Assert.Equal(1, writer.Connection.Scalar("PRAGMA synchronous"));
    }

    [Fact]
    public async Task Newest_epoch_counts_also_when_the_clock_went_back()
    {
        await AppendAsync("a", "1");
        await Log.DisposeAsync();
        var epochs = new List<string>();
        for (var cut = 0; cut < 3; cut++)
        {
            Execute("UPDATE state SET relaxed = 1, boot = 'another'");
            Time.AdjustTime(Time.GetUtcNow() - TimeSpan.FromDays(1));
            await using var again = OpenLog();
            epochs.Add(again.Identity.Epoch);
            Assert.Equal(epochs, again.Identity.Lineage.Skip(1).Select(epoch => epoch.Epoch));
        }
        Assert.Equal(3, epochs.Distinct().Count());
    }

    [Fact]
    public async Task Write_ahead_log_stays_bounded_while_readers_overlap()
    {
        await using var log = OpenLog(tailBytes: 1);
        using var ended = new CancellationTokenSource();
        var reading = Task.WhenAll(Enumerable.Range(0, 2).Select(_ => Task.Run(() =>
        {
            while (!ended.IsCancellationRequested) log.Read(1, 1000, long.MaxValue);
        }, Stop)));
        var data = new byte[1024 * 1024];
        for (var n = 0; n < 200; n++) await log.AppendAsync(new EventDraft { Topics = ["a"], Data = data }, Stop);
        var length = new FileInfo(_folder.File("fonte.db-wal")).Length;
        await ended.CancelAsync();
        await reading;
        Assert.InRange(length, 0, 80 * 1024 * 1024);
    }

    [Fact]
    public async Task Failed_reads_cost_no_descriptors()
    {
        for (var n = 0; n < 3; n++) await AppendAsync("a", $"{n}");
        await Log.DisposeAsync();
        // In the middle: the first and the last event are looked at when the log is opened.
        Execute("UPDATE event SET data = x'00' WHERE offset = 2");
        await using var again = OpenLog();
        Assert.Throws<LogDamagedException>(() => again.Read(2, 1, long.MaxValue));
        var before = Directory.GetFiles("/proc/self/fd").Length;
        for (var n = 0; n < 200; n++) Assert.Throws<LogDamagedException>(() => again.Read(2, 1, long.MaxValue));
        Assert.InRange(Directory.GetFiles("/proc/self/fd").Length, 0, before + 50);
        Assert.Equal((1, 2), (again.Read(1, 10, long.MaxValue).Events.Count, again.Read(1, 10, long.MaxValue).Next));
    }

    [Fact]
    public async Task Relaxed_log_takes_a_new_epoch_after_a_power_cut_and_keeps_older_cursors()
    {
        await AppendAsync("a", "1");
        await AppendAsync("a", "2");
        var before = Log.Identity.Epoch;
        await Log.DisposeAsync();
        Execute("UPDATE state SET relaxed = 1, boot = 'another'; DELETE FROM event WHERE offset = 2;");
        await using var again = OpenLog();
        Assert.Equal(before, again.Identity.Lineage[0].Epoch);
        Assert.NotEqual(before, again.Identity.Epoch);
        Assert.True(again.Identity.Includes(new(before, 1)));
        Assert.False(again.Identity.Includes(new(before, 2)));
    }

    [Fact]
    public async Task Relaxed_log_keeps_its_epoch_when_only_the_process_died()
    {
        var relaxed = OpenLog(synchronous: SqliteSynchronous.Normal);
        var epoch = relaxed.Identity.Epoch;
        await relaxed.AppendAsync(EventDraft.Create("a", "1"), Stop);
        Assert.Equal(1, Scalar("SELECT relaxed FROM state"));
        await relaxed.DisposeAsync();
        Assert.Equal(0, Scalar("SELECT relaxed FROM state"));
        Execute("UPDATE state SET relaxed = 1");
        await using var again = OpenLog();
        Assert.Equal(epoch, again.Identity.Epoch);
    }

    [Fact]
    public async Task Database_that_cannot_be_written_refuses_publishers_and_recovers_by_itself()
    {
        await AppendAsync("a", "1");
        using (var other = new SqliteConnection($"Data Source={_folder.File("fonte.db")};Pooling=False"))
        {
            other.Open();
            Execute(other, "ALTER TABLE event RENAME TO elsewhere");
            Assert.Equal(AppendOutcome.Unavailable, (await Log.AppendAsync(EventDraft.Create("a", "2"), Stop)).Outcome);
            Assert.NotNull(Log.Fault);
            Assert.Equal(AppendOutcome.Unavailable, (await Log.AppendAsync(EventDraft.Create("a", "3"), Stop)).Outcome);
            Execute(other, "ALTER TABLE elsewhere RENAME TO event");
        }
        while (Log.Fault is not null) await Task.Yield();
        Assert.Equal(2, await AppendAsync("a", "4"));
        Assert.Equal(["1", "4"], Log.Read(1, 10, 1000).Events.Select(DataOf));
    }

    private SqliteEventLog OpenLog(
        SqliteSynchronous synchronous = SqliteSynchronous.Full, long tailBytes = 1 << 20, long maxPendingBytes = 1 << 26, TimeProvider? time = null) =>
        SqliteEventLog.Open(
            new() { Directory = _folder.Path, Synchronous = synchronous, TailBytes = tailBytes, MaxPendingBytes = maxPendingBytes, TimeProvider = time ?? Time, BallastBytes = 0 },
            NullLogger<SqliteEventLog>.Instance);

    private long Scalar(string sql)
    {
        using var connection = SqliteConnections.Open(_folder.File("fonte.db"), SqliteOpenMode.ReadWrite);
        return connection.Scalar(sql);
    }

    private void Execute(string sql)
    {
        using var connection = SqliteConnections.Open(_folder.File("fonte.db"), SqliteOpenMode.ReadWrite);
        connection.Execute(sql);
    }

    private static void Execute(SqliteConnection connection, string sql) => connection.Execute(sql);

    /// <summary>Holds the writer's thread, which asks for the time before each commit, but not the opening.</summary>
    private sealed class BlockingTime(Task release) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow()
        {
            if (Thread.CurrentThread.Name == "fonte-log") release.GetAwaiter().GetResult();
            return DateTimeOffset.UnixEpoch;
        }
    }
}
