using Xunit;

namespace Fonte.Tests.Log.Tools;

public sealed class LogBackupTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Source => _folder.File("source");

    private string Target => _folder.File("target");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Backup_under_load_is_one_snapshot_that_goes_on_by_itself()
    {
        await using var log = ToolLogs.Open(Source);
        await ToolLogs.AppendAsync(log, 2000);
        using var stop = new CancellationTokenSource();
        var load = Task.Run(async () =>
        {
            for (var seed = 2; !stop.IsCancellationRequested; seed++) await ToolLogs.AppendAsync(log, 100, seed);
        }, TestContext.Current.CancellationToken);
        var copy = LogBackup.Copy(Source, Target, new(), TestContext.Current.CancellationToken);
        await stop.CancelAsync();
        await load;
        Assert.Equal(copy.NextOffset - 1, copy.Events);
        Assert.True(log.NextOffset > copy.NextOffset, "Nothing was published meanwhile.");
        Assert.Equal(new LogVerification(copy.Events, 0, true), ToolLogs.Verify(Target).Result);
        Assert.Equal(ToolLogs.Events(Source).Take((int)copy.Events), ToolLogs.Events(Target));
        await using var other = ToolLogs.Open(Target);
        Assert.Equal((copy.NextOffset, copy.Epoch), (other.NextOffset, other.Identity.Epoch));
        Assert.NotEqual(log.Identity.Epoch, copy.Epoch);
        Assert.True(other.Identity.Includes(log.Identity.At(copy.NextOffset - 1)));
        Assert.False(other.Identity.Includes(log.Identity.At(copy.NextOffset)));
        Assert.Equal(0, other.TruncatedTo(TopicSelection.All));
        Assert.Equal(log.FindEventId("own-400"), other.FindEventId("own-400"));
    }

    [Fact]
    public async Task What_retention_takes_from_the_front_while_copying_is_marked()
    {
        await ToolLogs.MakeAsync(Source, 5000);
        // The reader has read its first block when the first progress is told, and the events behind it go then.
        var progress = new OnFirstReport(() => ToolLogs.Execute(Source, "DELETE FROM event WHERE offset < 4900"));
        var copy = LogBackup.Copy(Source, Target, new() { Progress = progress }, TestContext.Current.CancellationToken);
        Assert.InRange(copy.Events, 102, 4998);
        Assert.Empty(ToolLogs.Verify(Target).Damages);
        await using var log = ToolLogs.Open(Target);
        Assert.Equal(4900, log.TruncatedTo(new([TopicMatcher.Exact("topic/1")])));
    }

    [Fact]
    public async Task Damaged_event_is_told_left_out_and_marked()
    {
        await ToolLogs.MakeAsync(Source, 20);
        ToolLogs.Execute(Source, "UPDATE event SET data = x'00' WHERE offset = 7");
        var damages = new List<LogDamage>();
        Assert.Equal(19, LogBackup.Copy(Source, Target, new() { Damaged = damages.Add }, TestContext.Current.CancellationToken).Events);
        Assert.Equal(7, Assert.Single(damages).Offset);
        Assert.Empty(ToolLogs.Verify(Target).Damages);
    }

    [Fact]
    public async Task Marks_are_copied_and_none_is_above_the_end()
    {
        await ToolLogs.MakeAsync(Source, 10);
        ToolLogs.Execute(Source, "INSERT INTO truncated VALUES ('a', 4), ('b', 11)");
        var progress = new OnFirstReport(() => ToolLogs.Execute(Source, "UPDATE truncated SET truncated_to = 99 WHERE topic = 'b'"));
        LogBackup.Copy(Source, Target, new() { Progress = progress }, TestContext.Current.CancellationToken);
        await using var log = ToolLogs.Open(Target);
        Assert.Equal((4, 11), (log.TruncatedTo(new([TopicMatcher.Exact("a")])), log.TruncatedTo(new([TopicMatcher.Exact("b")]))));
    }

    [Fact]
    public async Task Folder_with_a_log_is_refused_and_that_log_stays()
    {
        await ToolLogs.MakeAsync(Source, 3);
        await ToolLogs.MakeAsync(Target, 0);
        var exception = Assert.Throws<LogUnavailableException>(() => LogBackup.Copy(Source, Target, new(), TestContext.Current.CancellationToken));
        Assert.Contains("There is a log in the folder", exception.Message, StringComparison.Ordinal);
        Assert.Empty(ToolLogs.Events(Target));
        Assert.Throws<LogUnavailableException>(() => LogBackup.Copy(Source, Source, new(), TestContext.Current.CancellationToken));
        Assert.Equal(3, ToolLogs.Events(Source).Count);
    }

    [Fact]
    public async Task Backup_that_is_ended_early_leaves_nothing()
    {
        await ToolLogs.MakeAsync(Source, 5000);
        using var stop = new CancellationTokenSource();
        Assert.Throws<OperationCanceledException>(() => LogBackup.Copy(Source, Target, new() { Progress = new OnFirstReport(stop.Cancel) }, stop.Token));
        Assert.Equal(["fonte.lock"], Directory.GetFileSystemEntries(Target).Select(Path.GetFileName));
    }

    private sealed class OnFirstReport(Action action) : IProgress<LogProgress>
    {
        private bool _reported;

        public void Report(LogProgress value)
        {
            if (!_reported) action();
            _reported = true;
        }
    }
}
