using CloudNative.CloudEvents;
using Fonte.Services;

namespace Fonte.Samples.Orders.Services;

/// <summary>One of the four: what it keeps, and what an event makes of it. It knows neither the others nor what carries its events.</summary>
internal interface IOrderService
{
    string Name { get; }

    /// <summary>SQL that makes its tables.</summary>
    string Schema { get; }

    void Handle(CloudEvent received, ServiceTransaction transaction);
}
