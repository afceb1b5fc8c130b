using Fonte.Kafka;

namespace Fonte.Services.Kafka;

/// <summary>Where services work over Kafka, and who they are.</summary>
public sealed class KafkaServiceOptions
{
    /// <summary>The brokers, and the services' own topic, which is no hub's; made if it is missing, and so is the dead letters', which is this with <c>.dead</c>.</summary>
    public required KafkaLogOptions Broker { get; init; }

    /// <summary>All groups, the same at every service.</summary>
    public required IReadOnlyList<ServiceGroup> Groups { get; init; }

    /// <summary>How many partitions the topic has, if it is made here: as many instances of a service may work at a time, each on keys of its own.</summary>
    /// <value>6</value>
    public int Partitions { get; init; } = 6;

    /// <summary>How often an event is given by an instance before it is a dead letter.</summary>
    /// <value>5</value>
    public int MaxAttempts { get; init; } = 5;

    /// <summary>How long to wait before an event is given again; twice that before the third time, and so on.</summary>
    /// <value>200 ms</value>
    public TimeSpan RedeliveryDelay { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>After how long an instance that is gone is replaced by another; <c>session.timeout.ms</c>.</summary>
    /// <value>6 s, the least that brokers allow by default</value>
    public TimeSpan SessionTimeout { get; init; } = TimeSpan.FromSeconds(6);

    internal string Dead => $"{Broker.Topic}.dead";

    internal string Name => $"the Kafka topic {Broker.Topic} at {Broker.Servers}";
}
