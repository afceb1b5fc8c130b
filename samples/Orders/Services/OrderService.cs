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

    /// <summary>Takes an order, once; returns its state, or null if another is there under its ID.</summary>
    public string? Place(OrderFacts order, ServiceTransaction transaction)
    {
        var isNew = transaction.Execute(
            "INSERT OR IGNORE INTO orders VALUES (@id, @customer, @item, @quantity, @amount, @state)",
            ("@id", order.Order), ("@customer", order.Customer), ("@item", order.Item), ("@quantity", order.Quantity), ("@amount", order.Amount), ("@state", OrderFlow.Placed)) == 1;
        if (isNew) transaction.Send(order.Tell(Name, OrderFlow.Placed, time));
        return transaction.Scalar("SELECT state FROM orders WHERE id = @id AND item = @item AND quantity = @quantity AND amount = @amount", ("@id", order.Order), ("@item", order.Item), ("@quantity", order.Quantity), ("@amount", order.Amount)) as string;
    }

    public void Handle(CloudEvent received, ServiceTransaction transaction)
    {
        if (received.Type is not (OrderFlow.Reserved or OrderFlow.Refused or OrderFlow.Refunded)) throw new ImpossibleEventException($"Order knows no {received.Type}.");
        var order = OrderFacts.Of(received);
        // The first final state stays.
        transaction.Execute("UPDATE orders SET state = @state WHERE id = @id AND state = @placed", ("@state", received.Type!), ("@id", order.Order), ("@placed", OrderFlow.Placed));
    }
}
