namespace Fonte.Durability.Tests;

public class CheckerOptionsTests
{
    private const string Command = "server {urls} {data}";

    [Fact]
    public void Without_more_every_fault_is_done_for_30_seconds()
    {
        var options = CheckerOptions.Parse(["--server-command", Command]);

        Assert.Equal(FaultKinds.All, options.Faults);
        Assert.Equal(TimeSpan.FromSeconds(30), options.Time);
        Assert.Null(options.Kills);
    }

    [Fact]
    public void Faults_are_named_with_commas() =>
        Assert.Equal(FaultKinds.Kill | FaultKinds.Power, CheckerOptions.Parse(["--server-command", Command, "--faults", "kill,power"]).Faults);

    [Fact]
    public void Synchronous_normal_is_found_by_power_cuts() =>
        Assert.Equal(FaultKinds.Power, CheckerOptions.Parse(["--sabotage", "synchronous-normal"]).Faults);

    [Theory]
    [InlineData("--faults", "thunder")]
    [InlineData("--faults", "stall")]
    [InlineData("--faults", "")]
    [InlineData("--server", "/no/such/server")]
    [InlineData("--sabotage", "other")]
    [InlineData("--sabotage", "ack-before-commit")]
    public void Wrong_options_are_a_sentence(string name, string value) =>
        Assert.Throws<CheckerException>(() => CheckerOptions.Parse(["--server-command", Command, name, value]));

    [Fact]
    public void Kills_and_seconds_do_not_go_together() =>
        Assert.Throws<CheckerException>(() => CheckerOptions.Parse(["--server-command", Command, "--kills", "3", "--seconds", "3"]));

    [Fact]
    public void A_sabotaged_server_has_no_small_disk() =>
        Assert.Throws<CheckerException>(() => CheckerOptions.Parse(["--sabotage", "ack-before-commit", "--faults", "kill,full"]));

    [Fact]
    public void The_plan_has_a_run_for_each_kind_of_server()
    {
        var runs = RunPlan.Of(CheckerOptions.Parse(["--server-command", Command, "--kills", "10", "--seed", "5"])).ToList();

        Assert.Equal(
            [
                FaultKinds.Kill | FaultKinds.Stall | FaultKinds.Sync | FaultKinds.Power,
                FaultKinds.Kill | FaultKinds.Stall | FaultKinds.Full,
                FaultKinds.Kill | FaultKinds.Stall | FaultKinds.Sync | FaultKinds.Power | FaultKinds.Retention,
            ],
            runs.Select(run => run.Faults).Order());
        Assert.Equal(10, runs.Sum(run => run.Rounds));
    }

    [Fact]
    public void The_plan_of_a_time_goes_on_and_is_the_same_for_the_same_seed()
    {
        var options = CheckerOptions.Parse(["--server-command", Command, "--seconds", "600", "--seed", "5"]);

        Assert.Equal(RunPlan.Of(options).Take(50), RunPlan.Of(options).Take(50));
        Assert.All(RunPlan.Of(options).Take(50), run => Assert.InRange(run.Time.TotalSeconds, 10, 40));
    }

    [Fact]
    public void A_plan_of_kills_alone_is_one_run() =>
        Assert.Equal(FaultKinds.Kill, Assert.Single(RunPlan.Of(CheckerOptions.Parse(["--server-command", Command, "--faults", "kill", "--kills", "3"]))).Faults);
}
