using Confluent.Kafka;

namespace Fonte.Kafka;

/// <summary>Which topic, where, and what it keeps.</summary>
public sealed class KafkaLogOptions
{
    /// <summary>The brokers to begin with, such as <c>one:9092,two:9092</c>.</summary>
    public required string Servers { get; init; }

    /// <summary>The topic. It has one partition: all events of a log are in one order.</summary>
    /// <value><c>fonte</c></value>
    public string Topic { get; init; } = "fonte";

    /// <summary>Settings of the client, by librdkafka's names, such as <c>security.protocol</c> or <c>sasl.username</c>. They are for the connection: those that order and safety rest on are set here.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();

    /// <summary>For how long the topic keeps records, if it is made here; 0 for no limit.</summary>
    /// <value>30 days</value>
    public TimeSpan MaxAge { get; init; } = TimeSpan.FromDays(30);

    /// <summary>How many bytes the topic keeps, if it is made here; 0 for no limit.</summary>
    /// <value>17,179,869,184 (16 GiB)</value>
    public long MaxBytes { get; init; } = 16L * 1024 * 1024 * 1024;

    /// <summary>On how many brokers each record is, if the topic is made here; -1 for the cluster's default.</summary>
    /// <value>-1</value>
    public short Replicas { get; init; } = -1;

    /// <summary>The largest record that is taken, in bytes; the topic's <c>max.message.bytes</c>, if it is made here.</summary>
    /// <value>20,000,000: an event of 16 MiB with its headers</value>
    public int MaxRecordBytes { get; init; } = 20_000_000;

    /// <summary>Reads a URL: <c>kafka://one:9092,two:9092</c>, and behind a question mark settings of the client, as in <c>?security.protocol=SASL_SSL&amp;sasl.username=hub</c>, percent-encoded.</summary>
    /// <param name="url">The URL.</param>
    /// <param name="topic">The topic.</param>
    /// <exception cref="FormatException">It is no such URL. The message is a sentence.</exception>
    public static KafkaLogOptions Parse(string url, string topic)
    {
        ArgumentNullException.ThrowIfNull(url);
        const string scheme = "kafka://";
        if (!url.StartsWith(scheme, StringComparison.OrdinalIgnoreCase)) throw new FormatException("A Kafka URL begins with kafka:// and names brokers, as in kafka://one:9092,two:9092.");
        var parts = url[scheme.Length..].Split('?', 2);
        var servers = parts[0].TrimEnd('/');
        if (servers.Length == 0 || servers.Contains('/', StringComparison.Ordinal) || servers.Contains('@', StringComparison.Ordinal))
            throw new FormatException("A Kafka URL names brokers and nothing else, as in kafka://one:9092,two:9092; user and password are settings: ?sasl.username=…&sasl.password=….");
        var settings = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var pair in parts.Length < 2 ? [] : parts[1].Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0) throw new FormatException($"'{pair}' in the Kafka URL is no setting with a value.");
            settings[Uri.UnescapeDataString(pair[..equals])] = Uri.UnescapeDataString(pair[(equals + 1)..]);
        }
        return new() { Servers = servers, Topic = topic, Settings = settings };
    }

    /// <summary>What a client of any kind has.</summary>
    /// <typeparam name="T">The kind: a copy of its own for each, since the client's classes share what they are made from.</typeparam>
    internal T Client<T>()
        where T : ClientConfig, new()
    {
        var client = new T();
        foreach (var (name, value) in Settings) client.Set(name, value);
        client.BootstrapServers = Servers;
        client.ClientId = "fonte";
        // The defaults wait for up to ten seconds before a broker that is back is tried again.
        client.ReconnectBackoffMs = 50;
        client.ReconnectBackoffMaxMs = 500;
        client.MessageMaxBytes = MaxRecordBytes;
        client.AllowAutoCreateTopics = false;
        return client;
    }
}
