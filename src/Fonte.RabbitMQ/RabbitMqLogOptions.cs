namespace Fonte.RabbitMQ;

/// <summary>Which stream, where, and what it keeps.</summary>
public sealed class RabbitMqLogOptions
{
    /// <summary>The broker, such as <c>amqp://user:password@host:5672/vhost</c>; <c>amqps</c> for TLS.</summary>
    public required Uri Url { get; init; }

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
}
