using System.Globalization;

namespace Fonte.Durability;

/// <summary>What one check does.</summary>
internal sealed record CheckerOptions
{
    public const string Usage = """
        Fonte.Durability --server PATH | --server-command "COMMAND … {urls} … {data}" | --sabotage ack-before-commit
                         [--kills 20] [--seed S] [--seconds LIMIT] [--publishers 32] [--subscribers 8] [--folder RUN_FOLDER]

        Starts the server (an executable, or a .dll that dotnet runs) on a new data folder, kills it at random, and proves from
        the records of publishers and subscribers that nothing acknowledged was lost, doubled or reordered. Exit code 0: proved;
        1: violations, each told in a sentence; 2: the check could not run. With --sabotage, 0 means that the violation was found.
        """;

    public required IReadOnlyList<string> ServerCommand { get; init; }

    public required bool IsSabotaged { get; init; }

    public required int Kills { get; init; }

    public required int Seed { get; init; }

    public required TimeSpan Limit { get; init; }

    public required int Publishers { get; init; }

    public required int Subscribers { get; init; }

    public required string? Folder { get; init; }

    public static CheckerOptions Parse(string[] arguments)
    {
        var given = new Arguments(arguments, "--server", "--server-command", "--sabotage", "--kills", "--seed", "--seconds",
            "--publishers", "--subscribers", "--folder");
        var sabotage = given.Text("--sabotage");
        if (sabotage is not (null or "ack-before-commit"))
            throw new CheckerException($"--sabotage knows ack-before-commit, not '{sabotage}'.");
        if (new[] { given.Text("--server"), given.Text("--server-command"), sabotage }.Count(value => value is not null) != 1)
            throw new CheckerException("Give one of --server, --server-command and --sabotage.");
        var kills = given.Number("--kills", 20, 0, 10_000);
        return new CheckerOptions
        {
            ServerCommand = sabotage is not null
                ? [.. ChildProcess.OwnCommand, "sabotaged-server", "--urls", "{urls}", "--data", "{data}"]
                : given.Text("--server") is { } path ? CommandOf(path) : Split(given.Text("--server-command")!),
            IsSabotaged = sabotage is not null,
            Kills = kills,
            Seed = given.Number("--seed", Random.Shared.Next(1, 1_000_000)),
            Limit = TimeSpan.FromSeconds(given.Number("--seconds", 180 + (kills * 10), 1)),
            Publishers = given.Number("--publishers", 32, 1, 500),
            Subscribers = given.Number("--subscribers", 8, 1, 500),
            Folder = given.Text("--folder"),
        };
    }

    private static string[] CommandOf(string path)
    {
        if (!File.Exists(path))
            throw new CheckerException(string.Create(CultureInfo.InvariantCulture, $"There is no server at {path}."));
        string[] command = ["serve", "--dev", "--urls", "{urls}", "--data", "{data}"];
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
