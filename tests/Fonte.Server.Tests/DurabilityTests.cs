using System.Globalization;
using Xunit;

namespace Fonte.Server.Tests;

public sealed class DurabilityTests
{
    // By hand for longer, and with the seed of a failure: see CONTRIBUTING.md.
    private static readonly string Seconds = Environment.GetEnvironmentVariable("FONTE_LONG") ?? "30";

    [Fact]
    public async Task Server_under_kills_power_cuts_and_full_disks_loses_doubles_and_reorders_nothing_and_tells_every_skip()
    {
        await using var checker = Tool.StartProgram("Fonte.Durability", ["--server", Tool.PathOf("Fonte.Server"), "--seconds", Seconds]);
        var ended = await checker.EndAsync(TimeSpan.FromSeconds(180 + (4 * double.Parse(Seconds, CultureInfo.InvariantCulture))));
        Assert.True(ended.ExitCode == 0, ended.Output + ended.Errors);
        // Passed, and not because nothing was done.
        Assert.Matches("durability: passed, kill=[1-9][0-9]*, sync=[1-9][0-9]*, power=[1-9][0-9]*, full=[1-9][0-9]*, .* gaps=[1-9]", ended.Output);
    }

    [Theory]
    [InlineData("ack-before-commit")]
    [InlineData("replay-starts-one-late")]
    [InlineData("synchronous-normal")]
    public async Task Checker_finds_what_a_sabotaged_server_loses(string sabotage)
    {
        await using var checker = Tool.StartProgram("Fonte.Durability", ["--sabotage", sabotage, "--kills", "3"]);
        var ended = await checker.EndAsync();
        Assert.True(ended.ExitCode == 0, ended.Output + ended.Errors);
        Assert.Contains("Lost", ended.Output, StringComparison.Ordinal);
        Assert.Contains("The sabotage was found.", ended.Output, StringComparison.Ordinal);
    }
}
