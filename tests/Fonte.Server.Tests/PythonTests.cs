using Xunit;

namespace Fonte.Server.Tests;

/// <summary>The publisher and the subscriber in Python, which need nothing but Debian's python3.</summary>
public sealed class PythonTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Subscriber_prints_what_the_publisher_was_given()
    {
        await using var server = await RunningServer.StartAsync(":memory:");
        await using var subscriber = Tool.StartPython("subscribe.py", [server.Hub.ToString(), "a", "earliest"]);
        await using var publisher = Tool.StartPython("publish.py", [server.Hub.ToString(), "a", "olá", "two\nlines"]);
        var ended = await publisher.EndAsync();
        Assert.Equal((0, ""), (ended.ExitCode, ended.Errors));
        var ids = ended.Output.Split('\n');
        Assert.Equal($"{ids[0]} message olá", await subscriber.LineAsync("olá"));
        Assert.Equal($"{ids[1]} message two", await subscriber.LineAsync("two"));
        await subscriber.LineAsync("lines");
    }

    [Fact]
    public async Task Nothing_is_lost_or_doubled_when_the_server_is_killed_and_starts_again()
    {
        const int Events = 300;
        var settings = new Dictionary<string, string> { ["FONTE__DEV"] = "true", ["FONTE__RECONNECTIONTIME"] = "00:00:00.2" };
        await using var first = await RunningServer.StartWithAsync(settings, _folder.Path);
        await using var subscriber = Tool.StartPython("subscribe.py", [first.Hub.ToString(), "a", "earliest"]);
        await using var publisher = Tool.StartPython("publish.py", [first.Hub.ToString(), "a"], keepInput: true);
        await publisher.WriteAsync(string.Concat(Enumerable.Range(1, Events).Select(number => $"event {number}\n")));
        await subscriber.LineAsync("event 20");
        first.Tool.Signal(RunningServer.KillNine);
        await first.Tool.EndAsync();
        await using var second = await RunningServer.StartWithAsync(settings, _folder.Path, first.Address.ToString());
        var published = await publisher.EndAsync();
        Assert.Equal((0, Events), (published.ExitCode, published.Output.Split('\n').Length));
        Assert.Contains("trying again", published.Errors, StringComparison.Ordinal);
        await subscriber.LineAsync($"event {Events}");
        subscriber.Signal(RunningServer.KillNine);
        var seen = (await subscriber.EndAsync()).Output.Split('\n').Select(line => line[line.IndexOf("event ", StringComparison.Ordinal)..]);
        Assert.Equal(Enumerable.Range(1, Events).Select(number => $"event {number}"), seen);
    }

    [Fact]
    public async Task Refused_publisher_and_subscriber_say_why_and_end()
    {
        await using var server = await RunningServer.StartWithAsync(new Dictionary<string, string> { ["FONTE__ANONYMOUSSUBSCRIBE"] = "false" });
        await using var publisher = Tool.StartPython("publish.py", [server.Hub.ToString(), "a", "x"]);
        await using var subscriber = Tool.StartPython("subscribe.py", [server.Hub.ToString(), "a"]);
        foreach (var program in new[] { publisher, subscriber })
        {
            var ended = await program.EndAsync();
            Assert.Equal(1, ended.ExitCode);
            Assert.StartsWith("refused: {\"type\":", ended.Errors, StringComparison.Ordinal);
        }
    }
}
