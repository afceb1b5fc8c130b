using Fonte.Client;
using Fonte.Kafka;
using Fonte.RabbitMQ;
using Fonte.Services;
using Fonte.Services.Kafka;
using Fonte.Services.RabbitMQ;

namespace Fonte.Samples.Orders;

/// <summary>What carries the events of the services: the only place that knows.</summary>
/// <param name="options">Which it is.</param>
/// <param name="hub">The hub.</param>
/// <param name="loggers">Where failures are told.</param>
internal sealed class Transport(ServiceOptions options, FonteClient hub, ILoggerFactory loggers)
{
    private static readonly TimeSpan RedeliveryDelay = TimeSpan.FromMilliseconds(50);

    public IConsumerGroup Group(string name, ServiceStore store) => options.Broker switch
    {
        "rabbitmq" => new RabbitMqConsumerGroup(name, store, RabbitMq()),
        "kafka" => new KafkaConsumerGroup(name, store, Kafka(), loggers.CreateLogger<KafkaConsumerGroup>()),
        _ => new HubConsumerGroup(hub, store, new() { Name = name, Topics = OrderFlow.Groups.Single(group => group.Name == name).Types, RedeliveryDelay = RedeliveryDelay }, loggers.CreateLogger<HubConsumerGroup>()),
    };

    public IEventSender Sender() => options.Broker switch
    {
        "rabbitmq" => new RabbitMqEventSender(RabbitMq()),
        "kafka" => new KafkaEventSender(Kafka()),
        _ => ToHub(),
    };

    /// <summary>To the customers' pages, which listen to the hub whatever carries the rest.</summary>
    public IEventSender ToHub() => new HubEventSender(hub);

    private RabbitMqServiceOptions RabbitMq() => new() { Urls = RabbitMqLogOptions.Parse(options.BrokerUrl!), Groups = OrderFlow.Groups, RedeliveryDelay = RedeliveryDelay };

    private KafkaServiceOptions Kafka() => new() { Broker = KafkaLogOptions.Parse(options.BrokerUrl!, "orders"), Groups = OrderFlow.Groups, RedeliveryDelay = RedeliveryDelay };
}
