using System.Net;

namespace Fonte.Samples.Demo;

/// <summary>What the command line of the demo says.</summary>
internal sealed class DemoOptions
{
    public const string Usage = """
        The Fonte demo: the hub, the samples and their pages in one process.

          --urls URL    where to listen; several are separated by ';' (default: http://127.0.0.1:8000)
          --data DIR    the folder of the durable log, ':memory:' for none (default: artifacts/demo-data)
          --broker B    what carries the events of the services of the orders: embedded (the hub itself), rabbitmq or kafka
          --broker-url U  where that is, such as amqp://guest:guest@127.0.0.1:5672 or kafka://127.0.0.1:9092
          --dev         let anyone publish to the hub, and pages of any origin use it; for this machine only
          --help        this text
        """;

    public string Urls { get; private set; } = "http://127.0.0.1:8000";

    public string Data { get; private set; } = DefaultData();

    /// <summary>What carries the events of the orders' services; the hub of the pages keeps its own log.</summary>
    public string Broker { get; private set; } = "embedded";

    public string? BrokerUrl { get; private set; }

    public bool Dev { get; private set; }

    public bool Help { get; private set; }

    /// <summary>Whether nobody but this machine can reach it.</summary>
    public bool IsForThisMachine => Urls.Split(';', StringSplitOptions.RemoveEmptyEntries).All(IsLoopback);

    /// <summary>Reads the options; otherwise <paramref name="problem"/> is one sentence that says what is wrong.</summary>
    public static DemoOptions? Parse(IEnumerable<string> arguments, out string? problem)
    {
        var options = new DemoOptions();
        var rest = new Queue<string>(arguments);
        problem = null;
        while (problem is null && rest.TryDequeue(out var argument))
        {
            var (name, value) = Split(argument);
            switch (name)
            {
                case "--urls":
                    options.Urls = value ?? Next(rest);
                    problem = CheckUrls(options.Urls);
                    break;
                case "--data":
                    options.Data = value ?? Next(rest);
                    problem = CheckData(options.Data);
                    break;
                case "--broker":
                    options.Broker = value ?? Next(rest);
                    problem = options.Broker is "embedded" or "rabbitmq" or "kafka" ? null : $"--broker is embedded, rabbitmq or kafka, not '{options.Broker}'.";
                    break;
                case "--broker-url":
                    options.BrokerUrl = value ?? Next(rest);
                    problem = options.BrokerUrl.Length > 0 ? null : "--broker-url needs an address such as amqp://guest:guest@127.0.0.1:5672.";
                    break;
                case "--dev" when value is null:
                    options.Dev = true;
                    break;
                case "--help" or "-h" when value is null:
                    options.Help = true;
                    break;
                default:
                    problem = $"'{argument}' is not an option of the demo; --help lists them.";
                    break;
            }
        }

        if (problem is null && options.Broker != "embedded" && options.BrokerUrl is null) problem = $"--broker {options.Broker} needs a --broker-url.";
        return problem is null ? options : null;
    }

    private static string Next(Queue<string> rest) => rest.TryDequeue(out var value) ? value : "";

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

    private static bool IsLoopback(string url) =>
        BindingAddress.Parse(url).Host is var host && (host == "localhost" || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address)));

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
