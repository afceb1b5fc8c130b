using Xunit;

namespace Fonte.Server.Tests;

public sealed class DurabilityTests
{
    // By hand for longer, and with the seed of a failure: see CONTRIBUTING.md.
    private static readonly string Kills = Environment.GetEnvironmentVariable("FONTE_LONG") is null ? "20" : "200";

    [Fact]
    public async Task Server_killed_at_random_loses_doubles_and_reorders_nothing()
    {
        await using var checker = Tool.StartProgram("Fonte.Durability", ["--server", Tool.PathOf("Fonte.Server"), "--kills", Kills]);
        var ended = await checker.EndAsync();
        Assert.True(ended.ExitCode == 0, ended.Output + ended.Errors);
        Assert.Contains($"durability: passed, kills={Kills}", ended.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Checker_finds_what_an_acknowledgement_before_the_commit_loses()
    {
        await using var checker = Tool.StartProgram("Fonte.Durability", ["--sabotage", "ack-before-commit", "--kills", "3"]);
        var ended = await checker.EndAsync();
        Assert.True(ended.ExitCode == 0, ended.Output + ended.Errors);
        Assert.Contains("Lost", ended.Output, StringComparison.Ordinal);
        Assert.Contains("The sabotage was found.", ended.Output, StringComparison.Ordinal);
    }
}
