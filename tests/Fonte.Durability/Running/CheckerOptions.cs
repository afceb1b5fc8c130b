using System.Globalization;

namespace Fonte.Durability;

/// <summary>What one check does.</summary>
internal sealed record CheckerOptions
{
    public const string Usage = """
        Fonte.Durability --server PATH | --server-command "COMMAND … {urls} … {data}" | --sabotage NAME
                         [--faults kill,stall,sync,power,full,retention] [--seconds 30 | --kills N] [--seed S] [--limit SECONDS]
                         [--publishers 32] [--subscribers 8] [--folder RUN_FOLDER]

        Starts the server (an executable, or a .dll that dotnet runs) on new data folders, and proves from the records of publishers
        and subscribers that nothing acknowledged was lost, doubled or reordered and that every skip was told, whatever is done to it:
          kill       it is killed at random moments            stall      subscribers stop reading for a while
          sync       fsync fails for a while                   power      the power is cut: what was not synced is gone
          full       the disk is full for a while (as root)    retention  the log drops its oldest events all the time
        Connections are always cut at random bytes. --seconds says how long that goes on, --kills instead after how many faults it ends.
        Exit code 0: proved; 1: violations, each told in a sentence; 2: the check could not run.
        --sabotage checks a server of its own, and 0 means that the violation was found: ack-before-commit, replay-starts-one-late,
        synchronous-normal.
        """;

    private static readonly Dictionary<string, FaultKinds> Sabotages = new()
    {
        ["ack-before-commit"] = FaultKinds.Kill,
        ["replay-starts-one-late"] = FaultKinds.Kill,
        ["synchronous-normal"] = FaultKinds.Power,
    };

    public required IReadOnlyList<string> ServerCommand { get; init; }

    public required bool IsSabotaged { get; init; }

    public required FaultKinds Faults { get; init; }

    /// <summary>After how many momentary faults the check ends; <see langword="null"/> when its time counts.</summary>
    public required int? Kills { get; init; }

    public required TimeSpan Time { get; init; }

    public required int Seed { get; init; }

    public required TimeSpan Limit { get; init; }

    public required int Publishers { get; init; }

    public required int Subscribers { get; init; }

    public required string? Folder { get; init; }

    public static CheckerOptions Parse(string[] arguments)
    {
        var given = new Arguments(arguments, "--server", "--server-command", "--sabotage", "--faults", "--kills", "--seconds", "--seed",
            "--limit", "--publishers", "--subscribers", "--folder");
        var sabotage = given.Text("--sabotage");
        if (sabotage is not null && !Sabotages.ContainsKey(sabotage))
            throw new CheckerException($"--sabotage knows {string.Join(", ", Sabotages.Keys)}, not '{sabotage}'.");
        if (new[] { given.Text("--server"), given.Text("--server-command"), sabotage }.Count(value => value is not null) != 1)
            throw new CheckerException("Give one of --server, --server-command and --sabotage.");
        if (given.Text("--kills") is not null && given.Text("--seconds") is not null)
            throw new CheckerException("Give --kills or --seconds, not both.");
        int? kills = given.Text("--kills") is null ? null : given.Number("--kills", 0, 0, 10_000);
        var seconds = given.Number("--seconds", 30, 1, 1_000_000);
        return new CheckerOptions
        {
            ServerCommand = sabotage is not null
                ? [.. ChildProcess.OwnCommand, "sabotaged-server", "--urls", "{urls}", "--data", "{data}", "--fault", sabotage]
                : given.Text("--server") is { } path ? CommandOf(path) : Split(given.Text("--server-command")!),
            IsSabotaged = sabotage is not null,
            Faults = FaultsOf(given.Text("--faults"), sabotage),
            Kills = kills,
            Time = TimeSpan.FromSeconds(seconds),
            Seed = given.Number("--seed", Random.Shared.Next(1, 1_000_000)),
            Limit = TimeSpan.FromSeconds(given.Number("--limit", 180 + (kills * 10 ?? seconds * 4), 1)),
            Publishers = given.Number("--publishers", 32, 1, 500),
            Subscribers = given.Number("--subscribers", 8, 1, 500),
            Folder = given.Text("--folder"),
        };
    }

    private static FaultKinds FaultsOf(string? names, string? sabotage)
    {
        var faults = names is not null ? FaultNames.Parse(names) : sabotage is not null ? Sabotages[sabotage] : FaultKinds.All;
        if (sabotage is not null && (faults & (FaultKinds.Full | FaultKinds.Retention)) != 0)
            throw new CheckerException("A sabotaged server has no retention and no small disk; leave out the faults full and retention.");
        return (faults & ~FaultKinds.Stall & ~FaultKinds.Retention) != 0
            ? faults
            : throw new CheckerException("--faults needs one of kill, sync, power and full beside the others.");
    }

    private static string[] CommandOf(string path)
    {
        if (!File.Exists(path))
            throw new CheckerException(string.Create(CultureInfo.InvariantCulture, $"There is no server at {path}."));
        // Frequent heartbeats, because their positions are judged too.
        string[] command = ["serve", "--dev", "--heartbeat-interval", "1s", "--urls", "{urls}", "--data", "{data}"];
        path = Path.GetFullPath(path);
        return path.EndsWith(".dll", StringComparison.OrdinalIgnoreCase) ? ["dotnet", path, .. command] : [path, .. command];
    }

    private static string[] Split(string command)
    {
        var words = command.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return words.Contains("{urls}") && words.Contains("{data}")
            ? words
            : throw new CheckerException("--server-command must hold the words {urls} and {data}.");
    }
}
