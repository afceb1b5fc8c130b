namespace Fonte.Services.Tests;

/// <summary>What carries the events of services; it can be stopped and started again.</summary>
internal interface IServiceBroker : IAsyncDisposable
{
    Task StartAsync();

    Task StopAsync();

    IConsumerGroup Group(string name, ServiceStore store, int maxAttempts, TimeSpan redeliveryDelay);

    IEventSender Sender();

    /// <summary>Publishes whatever text as an event of a type.</summary>
    Task PublishAsync(string type, string key, string text);
}
