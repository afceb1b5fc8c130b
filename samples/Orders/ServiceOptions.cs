namespace Fonte.Samples.Orders;

/// <summary>How a service is run: by the command line, and what is secret by the environment.</summary>
/// <param name="Role">Which of the four.</param>
/// <param name="Hub">The hub, by which the customers' pages are told, and without a broker the services among themselves.</param>
/// <param name="Data">The folder of the services' files.</param>
/// <param name="Urls">Where the service of orders listens.</param>
/// <param name="Broker">What carries the events: <c>embedded</c>, <c>rabbitmq</c> or <c>kafka</c>.</param>
/// <param name="BrokerUrl">Where that is.</param>
internal sealed record ServiceOptions(string Role, Uri Hub, string Data, string Urls, string Broker, string? BrokerUrl)
{
    public const string SecretVariable = "ORDERS_SECRET";
    public const string BrokerUrlVariable = "ORDERS_BROKER_URL";

    /// <summary>Set by who starts a service and wants it to end with itself.</summary>
    public const string ChildVariable = "ORDERS_CHILD";
    public const string Embedded = "embedded";

    public static ServiceOptions? Parse(string[] arguments, out string? problem)
    {
        problem = null;
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var i = 1; i < arguments.Length; i += 2)
        {
            if (arguments[i] is not ("--hub" or "--data" or "--urls" or "--broker" or "--broker-url") || i + 1 == arguments.Length)
            {
                problem = $"'{arguments[i]}' is not an option with a value; there are --hub, --data, --urls, --broker and --broker-url.";
                return null;
            }
            values[arguments[i][2..]] = arguments[i + 1];
        }
        var broker = values.GetValueOrDefault("broker", Embedded);
        if (!Uri.TryCreate(values.GetValueOrDefault("hub", "http://127.0.0.1:8000/.well-known/mercure"), UriKind.Absolute, out var hub)) problem = "--hub needs the address of a hub.";
        else if (broker is not (Embedded or "rabbitmq" or "kafka")) problem = $"--broker is embedded, rabbitmq or kafka, not '{broker}'.";
        else if (broker != Embedded && BrokerUrlOf(values) is null) problem = $"--broker needs a --broker-url, or {BrokerUrlVariable}.";
        return problem is null ? new(arguments[0], hub!, values.GetValueOrDefault("data", "orders-data"), values.GetValueOrDefault("urls", "http://127.0.0.1:0"), broker, BrokerUrlOf(values)) : null;
    }

    /// <summary>The command line, without the broker's address, which may hold a password: all on the machine can read it (CWE-214).</summary>
    public IReadOnlyList<string> Write() => [Role, "--hub", Hub.ToString(), "--data", Data, "--urls", Urls, "--broker", Broker];

    private static string? BrokerUrlOf(Dictionary<string, string> values) => values.GetValueOrDefault("broker-url") ?? Environment.GetEnvironmentVariable(BrokerUrlVariable);
}
