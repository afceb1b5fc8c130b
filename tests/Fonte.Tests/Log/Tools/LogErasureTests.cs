using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Fonte.Tests.Log.Tools;

public sealed class LogErasureTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Log_that_nobody_has_open_is_opened_for_it()
    {
        await ToolLogs.MakeAsync(_folder.Path, 70);
        var kept = ToolLogs.Events(_folder.Path).Where(text => !text.Contains("|topic/2", StringComparison.Ordinal)).ToList();
        Assert.Equal(10, await EraseAsync());
        Assert.Equal(kept, ToolLogs.Events(_folder.Path));
        Assert.Empty(ToolLogs.Verify(_folder.Path).Damages);
        Assert.False(File.Exists(_folder.File("fonte.ballast")));
    }

    [Fact]
    public async Task Server_that_has_the_log_open_does_it_when_asked()
    {
        await using var log = ToolLogs.Open(_folder.Path);
        await ToolLogs.AppendAsync(log, 70);
        // Left by somebody who did not wait for the answer.
        ToolLogs.Execute(_folder.Path, "INSERT INTO erasure VALUES ('topic/2', 77)");
        Assert.Equal(10, await EraseAsync());
        Assert.Equal(0, ToolLogs.Scalar(_folder.Path, "SELECT count(*) FROM erasure"));
        Assert.True(log.TruncatedTo(new([TopicMatcher.Exact("topic/2")])) > 60);
        Assert.DoesNotContain(ToolLogs.Events(_folder.Path), text => text.Contains("|topic/2", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Server_that_does_not_answer_is_told_not_to_and_the_limit_is_named()
    {
        await ToolLogs.MakeAsync(_folder.Path, 5);
        // Somebody who holds the lock, and looks at nothing.
        using var held = SqliteLogFile.Lock(_folder.Path);
        var time = new FakeTimeProvider { AutoAdvanceAmount = TimeSpan.FromSeconds(61) };
        var exception = await Assert.ThrowsAsync<TimeoutException>(() => LogErasure.EraseAsync(_folder.Path, "topic/2", time, TestContext.Current.CancellationToken));
        Assert.Contains("within 60 s", exception.Message, StringComparison.Ordinal);
        Assert.Equal(0, ToolLogs.Scalar(_folder.Path, "SELECT count(*) FROM erasure"));
        Assert.Equal(5, ToolLogs.Events(_folder.Path).Count);
    }

    private Task<long> EraseAsync() => LogErasure.EraseAsync(_folder.Path, "topic/2", TimeProvider.System, TestContext.Current.CancellationToken);
}
