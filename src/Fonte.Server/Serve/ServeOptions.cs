namespace Fonte.Server;

/// <summary>What the standalone server has beside the hub's own options; in the same configuration section.</summary>
internal sealed class ServeOptions
{
    /// <summary>Where to listen, separated by semicolons.</summary>
    /// <value><c>http://127.0.0.1:8000</c></value>
    public string Urls { get; set; } = "http://127.0.0.1:8000";

    /// <summary>Anonymous publish and subscribe, and CORS for every origin without credentials. Not for networks with strangers.</summary>
    public bool Dev { get; set; }

    /// <summary>A PEM file with the certificate chain for https addresses.</summary>
    public string? TlsCert { get; set; }

    /// <summary>A PEM file with the certificate's private key.</summary>
    public string? TlsKey { get; set; }

    /// <summary>Where the log is: <c>embedded</c> for one of this server's own, or <c>rabbitmq</c> or <c>kafka</c> for one that is shared with other hubs.</summary>
    public string Broker { get; set; } = EmbeddedBroker;

    internal const string EmbeddedBroker = "embedded";
    internal const string RabbitMqBroker = "rabbitmq";
    internal const string KafkaBroker = "kafka";

    /// <summary>The broker's address, where there is one: <c>amqp://user:password@host:5672</c> or <c>kafka://one:9092,two:9092</c>. Better in the environment, where others do not see the password.</summary>
    public string? BrokerUrl { get; set; }

    /// <summary>The name of the log at the broker.</summary>
    /// <value><c>fonte</c></value>
    public string BrokerLog { get; set; } = "fonte";

    /// <summary>The origins whose pages may use the hub with credentials, such as <c>https://example.com</c>, separated by commas.</summary>
    /// <remarks>Not a list: the configuration merges lists by index, and one origin of the settings file would stay allowed.</remarks>
    public string CorsOrigins { get; set; } = "";

    /// <summary>The schemes and hosts under which the hub may be reached, such as <c>https://example.com</c>, separated by commas; a request for another is answered 421.</summary>
    /// <remarks>Not a list, as above.</remarks>
    public string PublicUrls { get; set; } = "";

    internal string[] Origins => Parts(CorsOrigins);

    private static string[] Parts(string text) => text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
}
