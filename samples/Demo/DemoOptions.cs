namespace Fonte.Samples.Demo;

/// <summary>What the command line of the demo says.</summary>
internal sealed record DemoOptions
{
    public const string Usage = """
        The Fonte demo: the hub, the samples and their pages in one process.

          --urls URL    where to listen; several are separated by ';' (default: http://127.0.0.1:8000)
          --data DIR    the folder of the durable log, ':memory:' for none (default: artifacts/demo-data)
          --dev         let anyone publish to the hub; for this machine only
          --help        this text
        """;

    public string Urls { get; private init; } = "http://127.0.0.1:8000";

    public string Data { get; private init; } = DefaultData();

    public bool Dev { get; private init; }

    public bool Help { get; private init; }

    /// <summary>Reads the options; otherwise <paramref name="problem"/> is one sentence that says what is wrong.</summary>
    public static DemoOptions? Parse(string[] arguments, out string? problem)
    {
        var options = new DemoOptions();
        problem = null;
        for (var i = 0; i < arguments.Length; i++)
        {
            var (name, value) = Split(arguments[i]);
            if (name is "--urls" or "--data")
            {
                value ??= i + 1 < arguments.Length ? arguments[++i] : "";
                problem = name == "--urls" ? CheckUrls(value) : CheckData(value);
                options = name == "--urls" ? options with { Urls = value } : options with { Data = value };
            }
            else
            {
                options = name switch
                {
                    "--dev" => options with { Dev = true },
                    "--help" or "-h" => options with { Help = true },
                    _ => options,
                };
                if (name is not ("--dev" or "--help" or "-h")) problem = $"'{arguments[i]}' is not an option of the demo; --help lists them.";
                else if (value is not null) problem = $"{name} takes no value.";
            }

            if (problem is not null) return null;
        }

        return options;
    }

    private static (string Name, string? Value) Split(string argument)
    {
        var equals = argument.IndexOf('=', StringComparison.Ordinal);
        return equals < 0 ? (argument, null) : (argument[..equals], argument[(equals + 1)..]);
    }

    private static string? CheckUrls(string value)
    {
        var urls = value.Split(';', StringSplitOptions.RemoveEmptyEntries);
        return urls.Length > 0 && urls.All(IsUrl)
            ? null
            : $"--urls needs an address such as http://127.0.0.1:8000, not '{value}'.";
    }

    private static bool IsUrl(string url)
    {
        try
        {
            var address = BindingAddress.Parse(url);
            return address.Scheme == "http" && address.Host.Length > 0 && address.Port is >= 0 and <= 65535;
        }
        catch (FormatException)
        {
            return false;
        }
    }

    private static string? CheckData(string value) =>
        value.Length > 0 && !value.StartsWith("--", StringComparison.Ordinal) ? null : "--data needs a folder, or ':memory:' for none.";

    // Built from the sources the executable lies in artifacts/bin/Demo/<configuration>: its data then lies in artifacts too,
    // whatever the current folder is. Copied elsewhere, it keeps its data in the folder that it is started from.
    private static string DefaultData()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (folder.Name == "artifacts") return Path.Combine(folder.FullName, "demo-data");
        }

        return Path.GetFullPath("demo-data");
    }
}
