using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Fonte.Tests.Log;

/// <summary>A log that keeps the records of another at their places.</summary>
public sealed class ReplicaTests : IDisposable
{
    private static readonly LogEpoch Epoch = new("replicaepoch", 101);
    private readonly TemporaryFolder _folder = new();
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UnixEpoch.AddYears(50));

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Events_keep_their_places_and_times_with_gaps_between()
    {
        await using (var log = Open())
        {
            Assert.Equal((101, 101, Epoch.Epoch), (log.OldestOffset, log.NextOffset, log.Identity.Epoch));
            Assert.Equal(AppendOutcome.Appended, await log.KeepAsync(Records([Record(101, 7), Record(105, 9)], next: 110, "f")));
            Assert.Equal(110, log.NextOffset);
            Assert.Equal(AppendOutcome.Appended, await log.KeepAsync(Records([], next: 120, "g")));
            Assert.Equal(AppendOutcome.Appended, await log.KeepAsync(Records([Record(40_000, 10), Record(200_000, 11)], next: 200_001, "h")));
            AssertEvents(log);
        }
        await using var again = Open();
        Assert.Equal("h", Encoding.ASCII.GetString(again.Fingerprint!));
        AssertEvents(again);
        Assert.Equal(Epoch, SqliteEventLog.ReplicaIn(_folder.Path));

        static void AssertEvents(SqliteEventLog log)
        {
            Assert.Equal(200_001, log.NextOffset);
            Assert.Equal([(101, 7), (105, 9), (40_000, 10), (200_000, 11)], ReadAll(log, TopicSelection.All).Select(logged => (logged.Offset, logged.TimeMicroseconds)));
            foreach (var offset in (long[])[101, 105, 40_000, 200_000])
                Assert.Equal([offset], ReadAll(log, new([TopicMatcher.Exact($"t{offset}")])).Select(logged => logged.Offset));
        }
    }

    [Fact]
    public async Task Records_that_are_read_again_are_not_kept_again()
    {
        await using var log = Open();
        await log.KeepAsync(Records([Record(101), Record(102)], next: 103, "a"));
        var again = Records([Record(102), Record(103)], next: 104, "b");
        await log.KeepAsync(again);
        Assert.Equal([default, new(AppendOutcome.Appended, 103)], again.Results);
        Assert.Equal([101, 102, 103], log.Read(101, 10, 1 << 20).Events.Select(logged => logged.Offset));
    }

    [Fact]
    public async Task Idempotency_keys_are_judged_by_the_records_time()
    {
        await using var log = Open();
        var (seal, changed) = (Seal("k", "1"), Seal("k", "2"));
        var hours = (long)IdempotencyKey.Lifetime.TotalMicroseconds;
        var first = Records([Record(101, 0, seal), Record(102, 1, seal), Record(103, 2, changed)], next: 104, "a");
        await log.KeepAsync(first);
        Assert.Equal([new(AppendOutcome.Appended, 101), new(AppendOutcome.AlreadyAppended, 101), new(AppendOutcome.KeyReused)], first.Results);
        var second = Records([Record(104, hours - 1, seal), Record(105, hours, seal), Record(106, hours + 1, seal)], next: 107, "b");
        await log.KeepAsync(second);
        Assert.Equal([new(AppendOutcome.AlreadyAppended, 101), new(AppendOutcome.Appended, 105), new(AppendOutcome.AlreadyAppended, 105)], second.Results);
        Assert.Equal([101, 105], log.Read(101, 10, 1 << 20).Events.Select(logged => logged.Offset));
    }

    [Fact]
    public async Task Replica_takes_nothing_else_and_is_no_log_of_its_own()
    {
        await using (var log = Open())
            await Assert.ThrowsAsync<InvalidOperationException>(async () => await log.AppendAsync(new EventDraft { Topics = ["a"] }, TestContext.Current.CancellationToken));
        Assert.Contains("copy of a broker's", Assert.Throws<LogUnavailableException>(() => Open(replica: null)).Message, StringComparison.Ordinal);
        Assert.Contains("another broker's", Assert.Throws<LogUnavailableException>(() => Open(new LogEpoch("anotherepoch", 1))).Message, StringComparison.Ordinal);
        SqliteEventLog.DiscardReplica(_folder.Path);
        Assert.Null(SqliteEventLog.ReplicaIn(_folder.Path));
        await using (var own = Open(replica: null))
            Assert.Equal(1, own.NextOffset);
        Assert.Contains("no copy", Assert.Throws<LogUnavailableException>(() => Open()).Message, StringComparison.Ordinal);
        Assert.Contains("no copy", Assert.Throws<LogUnavailableException>(() => SqliteEventLog.ReplicaIn(_folder.Path)).Message, StringComparison.Ordinal);
    }

    // A power cut takes the newest commits of a relaxed replica; they are read again, and the epoch is the other log's.
    [Fact]
    public async Task Replica_keeps_its_epoch_whatever_was_lost()
    {
        await using (var log = Open(relaxed: true)) await log.KeepAsync(Records([Record(101)], next: 102, "a"));
        using (var connection = SqliteConnections.Open(_folder.File("fonte.db"), Microsoft.Data.Sqlite.SqliteOpenMode.ReadWrite))
            connection.Execute("UPDATE state SET relaxed = 1, boot = 'another'");
        await using var again = Open(relaxed: true);
        Assert.Equal([Epoch.Epoch], again.Identity.Lineage.Select(each => each.Epoch));
    }

    private static List<LoggedEvent> ReadAll(SqliteEventLog log, TopicSelection topics)
    {
        var read = new List<LoggedEvent>();
        for (var from = 1L; from < log.NextOffset;)
        {
            var slice = log.Read(topics, from, 100, 1 << 20);
            read.AddRange(slice.Events);
            from = slice.Next;
        }
        return read;
    }

    private SqliteEventLog Open(bool relaxed = false) => Open(replica: Epoch, relaxed);

    private SqliteEventLog Open(LogEpoch? replica, bool relaxed = false) => SqliteEventLog.Open(
        new() { Directory = _folder.Path, BallastBytes = 0, Retention = new() { MaxAge = TimeSpan.Zero }, TimeProvider = _time, Replica = replica, Synchronous = relaxed ? SqliteSynchronous.Normal : SqliteSynchronous.Full },
        NullLogger<SqliteEventLog>.Instance);

    private static ReplicaAppend Records(ReplicaRecord[] records, long next, string fingerprint) => new(records, next, Encoding.ASCII.GetBytes(fingerprint));

    private static ReplicaRecord Record(long offset, long time = 1, byte[]? seal = null) => new(new() { Topics = [$"t{offset}"], Data = "x"u8.ToArray() }, offset, time, seal);

    private static byte[] Seal(string key, string data) => new IdempotencyKey(key).Seal([new() { Topics = ["a"], Data = Encoding.ASCII.GetBytes(data) }]);
}
