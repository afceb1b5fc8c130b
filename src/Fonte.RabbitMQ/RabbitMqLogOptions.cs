namespace Fonte.RabbitMQ;

/// <summary>Which stream, where, and what it keeps.</summary>
public sealed class RabbitMqLogOptions
{
    /// <summary>The brokers of one cluster, such as <c>amqp://user:password@host:5672/vhost</c>; <c>amqps</c> for TLS. User, password and virtual host are those of the first.</summary>
    public required IReadOnlyList<Uri> Urls { get; init; }

    /// <summary>The name of the topic exchange, and of the stream that holds all that is published to it.</summary>
    /// <value><c>fonte</c></value>
    public string Name { get; init; } = "fonte";

    /// <summary>For how long the stream keeps records, if it is made here; 0 for no limit.</summary>
    /// <value>30 days</value>
    public TimeSpan MaxAge { get; init; } = TimeSpan.FromDays(30);

    /// <summary>How many bytes the stream keeps, if it is made here; 0 for no limit.</summary>
    /// <value>17,179,869,184 (16 GiB)</value>
    public long MaxBytes { get; init; } = 16L * 1024 * 1024 * 1024;

    /// <summary>How many bytes the stream drops at a time, if it is made here.</summary>
    /// <value>100,000,000</value>
    public long SegmentBytes { get; init; } = 100_000_000;

    /// <summary>Reads URLs, with commas between them.</summary>
    /// <exception cref="FormatException">One is none. The message is a sentence.</exception>
    public static IReadOnlyList<Uri> Parse(string urls)
    {
        ArgumentNullException.ThrowIfNull(urls);
        return [.. urls.Split(',', StringSplitOptions.TrimEntries).Select(url => Uri.TryCreate(url, UriKind.Absolute, out var parsed) && parsed.Scheme is "amqp" or "amqps" ? parsed
            : throw new FormatException("A RabbitMQ URL is like amqp://user:password@127.0.0.1:5672; several of one cluster have commas between them."))];
    }
}
