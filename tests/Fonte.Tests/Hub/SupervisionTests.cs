using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Fonte.Tests.Hub;

public sealed class SupervisionTests
{
    [Fact]
    public async Task Log_that_cannot_be_read_for_a_while_shows_in_health_and_loses_nothing()
    {
        var log = new FailingLog();
        await using var hub = new TestHub(log);
        await using var stream = hub.Subscribe("a");
        log.Failing = true;
        await hub.PublishAsync("a", "1");
        while (hub.Hub.Faults.Count == 0) await Task.Yield();
        Assert.Contains("dispatcher", Assert.Single(hub.Hub.Faults), StringComparison.Ordinal);
        log.Failing = false;
        var next = stream.NextDataAsync();
        while (!next.IsCompleted)
        {
            hub.Time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }
        Assert.Equal("1", await next);
        while (hub.Hub.Faults.Count > 0) await Task.Yield();
    }

    [Fact]
    public async Task Replay_from_a_part_that_cannot_be_read_disconnects_that_subscriber_alone()
    {
        var log = new FailingLog();
        await using var hub = new TestHub(log, new() { RecentWindowBytes = 1 });
        for (var n = 0; n < 10; n++) await hub.PublishAsync("a", $"{n}");
        await using var witness = hub.Subscribe("a");
        await hub.PublishAsync("a", "seen");
        Assert.Equal("seen", await witness.NextDataAsync());
        log.Failing = true;
        await using var behind = hub.Subscribe("a", "earliest");
        Assert.Equal(DisconnectReason.LogUnreadable, (await behind.Ended!).Reason);
        log.Failing = false;
        await hub.PublishAsync("a", "still live");
        Assert.Equal("still live", await witness.NextDataAsync());
    }

    [Fact]
    public async Task Damaged_event_is_never_delivered_and_told_as_a_gap()
    {
        using var folder = new Log.TemporaryFolder();
        await using (var made = Open())
        {
            for (var n = 1; n <= 3; n++) await made.AppendAsync(EventDraft.Create("a", $"{n}"), TestHub.Stop);
        }
        using (var connection = SqliteConnections.Open(folder.File("fonte.db"), Microsoft.Data.Sqlite.SqliteOpenMode.ReadWrite))
            connection.Execute("UPDATE event SET data = x'00' WHERE offset = 2");
        await using var hub = new TestHub(Open());
        await using var stream = hub.Subscribe("a", "earliest");
        Assert.Equal("1", await stream.NextDataAsync());
        var gap = await stream.NextAsync();
        Assert.Equal(("fonte-gap", hub.Log.Identity.At(2).ToString()), (gap.EventType, gap.EventId));
        Assert.Contains("\"reason\":\"damaged\"", gap.Data, StringComparison.Ordinal);
        Assert.Equal("3", await stream.NextDataAsync());
        // There is nothing to wait for, so the hub stays ready.
        Assert.Empty(hub.Hub.Faults);

        SqliteEventLog Open() => SqliteEventLog.Open(new() { Directory = folder.Path, BallastBytes = 0 }, NullLogger<SqliteEventLog>.Instance);
    }

    [Fact]
    public async Task Hub_can_be_stopped_while_the_log_cannot_be_read()
    {
        var log = new FailingLog();
        var hub = new TestHub(log);
        await using var stream = hub.Subscribe("a");
        log.Failing = true;
        await hub.PublishAsync("a", "1");
        while (hub.Hub.Faults.Count == 0) await Task.Yield();
        await hub.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(10), TestHub.Stop);
        Assert.Equal(DisconnectReason.Draining, (await stream.Ended!).Reason);
    }

    [Fact]
    public async Task Pipe_that_throws_ends_its_own_subscriber_and_no_other()
    {
        await using var hub = new TestHub();
        var healthy = Enumerable.Range(0, 4).Select(_ => hub.Subscribe("a")).ToList();
        var poisoned = Enumerable.Range(0, 4).Select(_ =>
            hub.Hub.Subscribe(new() { Matchers = [TopicMatcher.Wildcard] }, new(1, null), new PipeOutput(new ThrowingWriter()))!.EndAsync(TestHub.Stop)).ToList();
        await hub.PublishAsync("a", "1");
        foreach (var stream in healthy) Assert.Equal("1", await stream.NextDataAsync());
        foreach (var end in poisoned) Assert.Equal(new(DisconnectReason.ClientGone, AtBoundary: false), await end with { Next = 0 });
        Assert.Empty(hub.Hub.Faults);
        foreach (var stream in healthy) await stream.DisposeAsync();
    }

    private sealed class ThrowingWriter : System.IO.Pipelines.PipeWriter
    {
        private readonly byte[] _buffer = new byte[65_536];
        private int _flushes;

        public override void Advance(int bytes)
        {
        }

        public override void CancelPendingFlush()
        {
        }

        public override void Complete(Exception? exception = null)
        {
        }

        public override ValueTask<System.IO.Pipelines.FlushResult> FlushAsync(CancellationToken cancellationToken = default) =>
            _flushes++ == 0 ? default : throw new IOException("Broken.");

        public override Memory<byte> GetMemory(int sizeHint = 0) => _flushes == 0 ? _buffer : throw new IOException("Broken.");

        public override Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;
    }

    /// <summary>A log in memory whose reads fail when it is told so.</summary>
    private sealed class FailingLog : IEventLog
    {
        private readonly MemoryEventLog _log = new(1 << 20, TimeProvider.System);

        public volatile bool Failing;

        public LogIdentity Identity => _log.Identity;

        public long OldestOffset => _log.OldestOffset;

        public long NextOffset => _log.NextOffset;

        public string? Fault => null;

        public ValueTask<AppendResult> AppendAsync(PublishRequest request, CancellationToken cancellationToken = default) => _log.AppendAsync(request, cancellationToken);

        public LogSlice Read(TopicSelection topics, long from, int maxEvents, long maxBytes) =>
            Failing ? throw new LogDamagedException("Told to fail.") : _log.Read(topics, from, maxEvents, maxBytes);

        public Task WaitForTailAsync(long nextOffset, CancellationToken cancellationToken = default) => _log.WaitForTailAsync(nextOffset, cancellationToken);

        public long? FindEventId(string id) => _log.FindEventId(id);

        public long FindTime(long timeMicroseconds) => _log.FindTime(timeMicroseconds);

        public long TruncatedTo(TopicSelection topics) => _log.TruncatedTo(topics);

        public long Truncations => _log.Truncations;

        public long Erasures => _log.Erasures;

        public long SizeBytes => _log.SizeBytes;

        public ValueTask DisposeAsync() => _log.DisposeAsync();
    }
}
