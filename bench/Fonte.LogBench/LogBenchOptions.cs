using System.Globalization;

namespace Fonte.LogBench;

/// <summary>What one run measures.</summary>
internal sealed record LogBenchOptions
{
    public const string Usage = """
        Fonte.LogBench [ROW …] [--data DIR] [--events N] [--seconds S] [--repeat N] [--publishers N] [--reader-rate KIB]
                       [--server PATH] [--json FILE]

        Measures the rows, all when none is named, and prints each figure with its bar and goal. bench/README.md says what each row does.
        --data         where logs are written and the big log is kept; default: artifacts/logbench
        --events       how many events the big log holds (default 10,000,000), or the row 'topics' writes a run (default 3,000,000)
        --seconds      how long each measurement of a row takes; the default differs by row
        --repeat       how often ours and the floor are measured in turn; default 3
        --publishers   how many publish at the same time; the default differs by row
        --reader-rate  KiB/s of each replaying reader of the row 'steady', 0 for as fast as it comes; default 1,024
        --server       the server to start, a .dll or an executable; default: the one built beside this program
        --json         also writes the figures to this file
        Exit code 0: every bar met; 1: one missed or a row not measured; 2: a wrong option.
        """;

    public required IReadOnlyList<string> Rows { get; init; }

    public required string Data { get; init; }

    public required string Server { get; init; }

    public string? Json { get; init; }

    public long? Events { get; init; }

    public int? Seconds { get; init; }

    public int? Publishers { get; init; }

    public required int Repeat { get; init; }

    public required int ReaderRate { get; init; }

    /// <summary>Set when the program has started itself: what to do for the parent.</summary>
    public long? ChildTopics { get; init; }

    public TimeSpan Duration(int defaultSeconds) => TimeSpan.FromSeconds(Seconds ?? defaultSeconds);

    /// <exception cref="LogBenchException">An option is unknown or wrong.</exception>
    public static LogBenchOptions Parse(string[] arguments)
    {
        var rows = new List<string>();
        var values = new Dictionary<string, string>();
        for (var index = 0; index < arguments.Length; index++)
        {
            if (!arguments[index].StartsWith("--", StringComparison.Ordinal))
                rows.Add(arguments[index]);
            else if (index + 1 < arguments.Length)
                values[arguments[index]] = arguments[++index];
            else
                throw new LogBenchException($"The option {arguments[index]} needs a value.");
        }

        // Beside this program's own folder: artifacts/bin/Fonte.LogBench/release.
        var own = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));
        var artifacts = own.Parent!.Parent!.Parent!.FullName;
        var options = new LogBenchOptions
        {
            Rows = rows,
            Data = Path.GetFullPath(Take("--data") ?? Path.Combine(artifacts, "logbench")),
            Server = Path.GetFullPath(Take("--server") ?? Path.Combine(artifacts, "bin", "Fonte.Server", own.Name, "Fonte.Server.dll")),
            Json = Take("--json"),
            Events = Number("--events", 1_000, 100_000_000),
            Seconds = (int?)Number("--seconds", 1, 3_600),
            Publishers = (int?)Number("--publishers", 1, 16_384),
            Repeat = (int)(Number("--repeat", 1, 100) ?? 3),
            ReaderRate = (int)(Number("--reader-rate", 0, 1_000_000) ?? 1_024),
            ChildTopics = Number("--child-topics", 1, 100_000_000),
        };
        return values.Count == 0 ? options : throw new LogBenchException($"'{values.Keys.First()}' is not an option.");

        string? Take(string name) => values.Remove(name, out var value) ? value : null;

        long? Number(string name, long least, long most)
        {
            if (Take(name) is not { } text) return null;
            return long.TryParse(text, NumberStyles.AllowThousands, CultureInfo.InvariantCulture, out var value) && value >= least && value <= most
                ? value
                : throw new LogBenchException(FormattableString.Invariant($"{name} must be a whole number from {least:N0} to {most:N0}, not '{text}'."));
        }
    }
}
