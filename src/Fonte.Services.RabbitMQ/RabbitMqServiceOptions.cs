namespace Fonte.Services.RabbitMQ;

/// <summary>Where services work over RabbitMQ (3.10 or later), and who they are.</summary>
public sealed class RabbitMqServiceOptions
{
    /// <summary>The brokers of one cluster, such as <c>amqp://user:password@host:5672/vhost</c>; <c>amqps</c> for TLS. User, password and virtual host are those of the first.</summary>
    public required IReadOnlyList<Uri> Urls { get; init; }

    /// <summary>All groups, the same at every service.</summary>
    public required IReadOnlyList<ServiceGroup> Groups { get; init; }

    /// <summary>The name of the topic exchange to which events are sent, by their type; the dead letters' is this with <c>.dead</c>, and a group's queues are this with a dot and the group's name.</summary>
    /// <value><c>fonte-services</c></value>
    public string Exchange { get; init; } = "fonte-services";

    /// <summary>How often an event is given by an instance before it is a dead letter.</summary>
    /// <value>5</value>
    public int MaxAttempts { get; init; } = 5;

    /// <summary>How long to wait before an event is given again; twice that before the third time, and so on.</summary>
    /// <value>200 ms</value>
    public TimeSpan RedeliveryDelay { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>How many instances may die with an event in their hands before it is a dead letter; the queue's <c>x-delivery-limit</c>.</summary>
    /// <remarks>High, because all that an instance has been given and has not begun with counts too.</remarks>
    /// <value>100</value>
    public int DeliveryLimit { get; init; } = 100;

    /// <summary>How many events an instance is given ahead.</summary>
    /// <value>20</value>
    public ushort Prefetch { get; init; } = 20;
}
