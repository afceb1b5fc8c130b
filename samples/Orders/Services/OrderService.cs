using CloudNative.CloudEvents;
using Fonte.Services;

namespace Fonte.Samples.Orders.Services;

/// <summary>Takes orders, and knows what became of them.</summary>
internal sealed class OrderService(TimeProvider time) : IOrderService
{
    public string Name => "order";

    public string Schema => """
        CREATE TABLE IF NOT EXISTS orders (id TEXT PRIMARY KEY, customer TEXT NOT NULL, item TEXT NOT NULL, quantity INTEGER NOT NULL, amount INTEGER NOT NULL, state TEXT NOT NULL) WITHOUT ROWID;
        """;

    /// <summary>Takes an order, once: a second time it is there already.</summary>
    public void Place(OrderFacts order, ServiceTransaction transaction)
    {
        var isNew = transaction.Execute(
            "INSERT OR IGNORE INTO orders VALUES (@id, @customer, @item, @quantity, @amount, @state)",
            ("@id", order.Order), ("@customer", order.Customer), ("@item", order.Item), ("@quantity", order.Quantity), ("@amount", order.Amount), ("@state", OrderFlow.Placed)) == 1;
        if (isNew) transaction.Send(order.Tell(Name, OrderFlow.Placed, time));
    }

    public void Handle(CloudEvent received, ServiceTransaction transaction)
    {
        var order = OrderFacts.Of(received);
        // The first final state stays.
        transaction.Execute("UPDATE orders SET state = @state WHERE id = @id AND state = @placed", ("@state", received.Type!), ("@id", order.Order), ("@placed", OrderFlow.Placed));
    }
}
