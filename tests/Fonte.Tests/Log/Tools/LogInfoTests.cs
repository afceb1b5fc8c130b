using Xunit;

namespace Fonte.Tests.Log.Tools;

public sealed class LogInfoTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Info_tells_what_the_log_is_and_changes_no_file()
    {
        LogInfo open;
        LogIdentity identity;
        await using (var log = ToolLogs.Open(_folder.Path))
        {
            await ToolLogs.AppendAsync(log, 30);
            identity = log.Identity;
            Assert.NotEqual(0, LogInfo.Read(_folder.Path, TestContext.Current.CancellationToken).WriteAheadLogBytes);
            await log.EraseAsync("topic/3", TestContext.Current.CancellationToken);
            open = LogInfo.Read(_folder.Path, TestContext.Current.CancellationToken);
        }
        Assert.True(open.IsOpen);
        var files = Directory.GetFiles(_folder.Path).Order().Select(file => (file, File.ReadAllBytes(file).Length));
        var info = LogInfo.Read(_folder.Path, TestContext.Current.CancellationToken);
        Assert.Equal(files, Directory.GetFiles(_folder.Path).Order().Select(file => (file, File.ReadAllBytes(file).Length)));
        Assert.False(info.IsOpen);
        Assert.Equal((SqliteLogSchema.Version, 1, 31), (info.FormatVersion, info.OldestOffset, info.NextOffset));
        Assert.Equal(ToolLogs.Events(_folder.Path).Count, info.Events);
        Assert.Equal(open.Events, info.Events);
        Assert.Equal(identity.Lineage, info.Identity.Lineage);
        Assert.InRange(info.OldestTime!.Value, DateTimeOffset.UnixEpoch.AddYears(50), info.NewestTime!.Value);
        // The topic, and the alternate of its events.
        Assert.Equal(2, info.TruncatedTopics);
        var wal = new FileInfo(_folder.File("fonte.db-wal"));
        Assert.Equal((new FileInfo(_folder.File("fonte.db")).Length, wal.Exists ? wal.Length : 0), (info.DatabaseBytes, info.WriteAheadLogBytes));
        Assert.NotEqual(0, info.IndexBytes);
    }

    [Fact]
    public async Task Log_without_events_has_no_times()
    {
        await ToolLogs.MakeAsync(_folder.Path, 0);
        var info = LogInfo.Read(_folder.Path, TestContext.Current.CancellationToken);
        Assert.Equal((0, 1, 1, null, null), (info.Events, info.OldestOffset, info.NextOffset, info.OldestTime, info.NewestTime));
    }

    [Fact]
    public async Task Events_are_counted_past_one_piece()
    {
        await ToolLogs.MakeAsync(_folder.Path, 0);
        using var input = new MemoryStream();
        using (var writer = new StreamWriter(input, leaveOpen: true))
        {
            for (var n = 0; n < 45_000; n++) await writer.WriteLineAsync("{\"topics\":[\"a\"]}");
        }
        input.Position = 0;
        LogImport.Read(_folder.Path, input, new(), TestContext.Current.CancellationToken);
        Assert.Equal(45_000, LogInfo.Read(_folder.Path, TestContext.Current.CancellationToken).Events);
    }

    [Fact]
    public async Task Log_of_the_first_format_is_read_as_it_is()
    {
        await ToolLogs.MakeAsync(_folder.Path, 5);
        ToolLogs.Execute(_folder.Path, "DROP TABLE retained; DROP TABLE erasure; DROP INDEX event_by_key; CREATE INDEX event_by_id ON event (id_hash) WHERE id_hash IS NOT NULL; PRAGMA user_version = 1;");
        Assert.Equal(1, LogInfo.Read(_folder.Path, TestContext.Current.CancellationToken).FormatVersion);
        Assert.Equal(new LogVerification(5, 0, true), ToolLogs.Verify(_folder.Path).Result);
        Assert.Equal(5, LogBackup.Copy(_folder.Path, _folder.File("copy"), new(), TestContext.Current.CancellationToken).Events);
    }

    [Theory]
    [InlineData("", "is not a Fonte log")]
    [InlineData("notes of somebody else", "is not a Fonte log")]
    public void File_that_is_no_log_is_told(string content, string expected)
    {
        File.WriteAllText(_folder.File("fonte.db"), content);
        var exception = Assert.Throws<LogUnavailableException>(() => LogInfo.Read(_folder.Path, TestContext.Current.CancellationToken));
        Assert.Contains(expected, exception.Message, StringComparison.Ordinal);
    }
}
