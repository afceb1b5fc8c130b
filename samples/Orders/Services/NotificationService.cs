using CloudNative.CloudEvents;
using Fonte.Services;

namespace Fonte.Samples.Orders.Services;

/// <summary>Tells the customer what became of an order, once.</summary>
internal sealed class NotificationService(TimeProvider time) : IOrderService
{
    public string Name => "notification";

    public string Schema => "CREATE TABLE IF NOT EXISTS notified (id TEXT PRIMARY KEY, state TEXT NOT NULL) WITHOUT ROWID;";

    public void Handle(CloudEvent received, ServiceTransaction transaction)
    {
        if (received.Type is not (OrderFlow.Reserved or OrderFlow.Refused or OrderFlow.Refunded)) throw new ImpossibleEventException($"Notification knows no {received.Type}.");
        var order = OrderFacts.Of(received);
        var isNew = transaction.Execute("INSERT OR IGNORE INTO notified VALUES (@id, @state)", ("@id", order.Order), ("@state", received.Type)) == 1;
        if (isNew) transaction.Send(order.Notify(received.Type, time));
    }
}
