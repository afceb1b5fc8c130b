using System.Globalization;
using CloudNative.CloudEvents;
using Fonte.Services;

namespace Fonte.Samples.Orders.Services;

/// <summary>Charges customers, who begin with 1,000.00 each, and pays back what cannot be delivered.</summary>
internal sealed class PaymentService(TimeProvider time) : IOrderService
{
    private const long FirstBalance = 1000_00;
    private const string Cancelled = "CANCELLED";

    public string Name => "payment";

    public string Schema => """
        CREATE TABLE IF NOT EXISTS account (customer TEXT PRIMARY KEY, balance INTEGER NOT NULL) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS payment (id TEXT PRIMARY KEY, customer TEXT NOT NULL, amount INTEGER NOT NULL, state TEXT NOT NULL) WITHOUT ROWID;
        """;

    public void Handle(CloudEvent received, ServiceTransaction transaction)
    {
        var order = OrderFacts.Of(received);
        if (order.Amount <= 0) throw new InvalidDataException($"The amount of order {order.Order} is {order.Amount}.");
        if (received.Type == OrderFlow.Placed) Charge(order, transaction);
        else if (received.Type == OrderFlow.OutOfStock) Refund(order, transaction);
        else throw new ImpossibleEventException($"Payment knows no {received.Type}.");
    }

    private void Charge(OrderFacts order, ServiceTransaction transaction)
    {
        if (StateOf(order, transaction) is not null) return;
        transaction.Execute("INSERT OR IGNORE INTO account VALUES (@customer, @balance)", ("@customer", order.Customer), ("@balance", FirstBalance));
        var isPaid = transaction.Execute("UPDATE account SET balance = balance - @amount WHERE customer = @customer AND balance >= @amount", ("@amount", order.Amount), ("@customer", order.Customer)) == 1;
        Keep(order, isPaid ? OrderFlow.Paid : OrderFlow.Refused, transaction);
        transaction.Send(order.Tell(Name, isPaid ? OrderFlow.Paid : OrderFlow.Refused, time));
    }

    private void Refund(OrderFacts order, ServiceTransaction transaction)
    {
        var state = StateOf(order, transaction);
        if (state is OrderFlow.Refunded or OrderFlow.Refused or Cancelled) return;
        // What was paid, to who has paid it, whatever the event says.
        if (state is OrderFlow.Paid)
            transaction.Execute("UPDATE account SET balance = balance + payment.amount FROM payment WHERE payment.id = @id AND account.customer = payment.customer", ("@id", order.Order));
        // Otherwise its order has not come yet: it will find itself cancelled, and be charged nothing.
        Keep(order, state is null ? Cancelled : OrderFlow.Refunded, transaction);
        transaction.Send(order.Tell(Name, OrderFlow.Refunded, time));
    }

    private static string? StateOf(OrderFacts order, ServiceTransaction transaction) =>
        Convert.ToString(transaction.Scalar("SELECT state FROM payment WHERE id = @id", ("@id", order.Order)), CultureInfo.InvariantCulture) is { Length: > 0 } state ? state : null;

    private static void Keep(OrderFacts order, string state, ServiceTransaction transaction) => transaction.Execute(
        "INSERT INTO payment VALUES (@id, @customer, @amount, @state) ON CONFLICT DO UPDATE SET state = excluded.state", ("@id", order.Order), ("@customer", order.Customer), ("@amount", order.Amount), ("@state", state));
}
