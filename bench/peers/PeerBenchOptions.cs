using System.Globalization;

namespace Fonte.PeerBench;

/// <summary>What one run measures.</summary>
internal sealed record PeerBenchOptions
{
    public const string Usage = """
        Fonte.PeerBench [SHAPE | ROW …] [--peers P,P,…] [--placement split|free] [--repeat N] [--data DIR] [--server PATH] [--aot PATH] [--results FILE]

        Runs each shape of load against each peer in turn, and measures each row on Fonte's native server alone; everything when nothing is
        named. Prints markdown tables of medians and ratios. bench/README.md says how to read them.
        --peers      which servers, separated by commas
        --placement  split: the server on one core, the load on the other (default); free: both on all cores
        --repeat     how many rounds; default 3
        --data       where logs and configurations are written; default: artifacts/peers
        --server     Fonte's server, a .dll; default: the one built beside this program
        --aot        Fonte's native executable; default: artifacts/aot/fonte
        --results    also appends the table to this file
        Exit code 0: everything was measured; 1: something was not; 2: a wrong option.
        """;

    public required IReadOnlyList<string> Shapes { get; init; }

    public IReadOnlyList<string>? Peers { get; init; }

    public required Placement Placement { get; init; }

    public required int Repeat { get; init; }

    public required string Data { get; init; }

    public required string Server { get; init; }

    public required string Aot { get; init; }

    public string? Results { get; init; }

    /// <exception cref="PeerBenchException">An option is unknown or wrong.</exception>
    public static PeerBenchOptions Parse(string[] arguments)
    {
        var shapes = new List<string>();
        var values = new Dictionary<string, string>();
        for (var index = 0; index < arguments.Length; index++)
        {
            if (!arguments[index].StartsWith("--", StringComparison.Ordinal)) shapes.Add(arguments[index]);
            else if (index + 1 < arguments.Length) values[arguments[index]] = arguments[++index];
            else throw new PeerBenchException($"The option {arguments[index]} needs a value.");
        }

        // Beside this program's own folder: artifacts/bin/Fonte.PeerBench/release.
        var own = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));
        var artifacts = own.Parent!.Parent!.Parent!.FullName;
        var options = new PeerBenchOptions
        {
            Shapes = shapes,
            Peers = Take("--peers")?.Split(','),
            Placement = Take("--placement") switch
            {
                null or "split" => Placement.Split,
                "free" => Placement.Free,
                var other => throw new PeerBenchException($"--placement is split or free, not '{other}'."),
            },
            Repeat = Take("--repeat") is { } repeat
                ? int.TryParse(repeat, NumberStyles.None, CultureInfo.InvariantCulture, out var rounds) && rounds is >= 1 and <= 100 ? rounds : throw new PeerBenchException("--repeat must be a whole number from 1 to 100.")
                : 3,
            Data = Path.GetFullPath(Take("--data") ?? Path.Combine(artifacts, "peers")),
            Server = Path.GetFullPath(Take("--server") ?? Path.Combine(artifacts, "bin", "Fonte.Server", own.Name, "Fonte.Server.dll")),
            Aot = Path.GetFullPath(Take("--aot") ?? Path.Combine(artifacts, "aot", "fonte")),
            Results = Take("--results"),
        };
        return values.Count == 0 ? options : throw new PeerBenchException($"'{values.Keys.First()}' is not an option.");

        string? Take(string name) => values.Remove(name, out var value) ? value : null;
    }
}
