using CloudNative.CloudEvents;
using Fonte.Services;

namespace Fonte.Samples.Orders.Services;

/// <summary>Reserves what is paid, as long as there is something.</summary>
internal sealed class StockService(TimeProvider time) : IOrderService
{
    public string Name => "stock";

    public string Schema => $"""
        CREATE TABLE IF NOT EXISTS shelf (item TEXT PRIMARY KEY, quantity INTEGER NOT NULL) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS reservation (id TEXT PRIMARY KEY, item TEXT NOT NULL, quantity INTEGER NOT NULL, state TEXT NOT NULL) WITHOUT ROWID;
        {string.Join('\n', Catalogue.Items.Select(item => $"INSERT OR IGNORE INTO shelf VALUES ('{item.Name}', {item.Quantity});"))}
        """;

    public void Handle(CloudEvent received, ServiceTransaction transaction)
    {
        if (received.Type != OrderFlow.Paid) throw new ImpossibleEventException($"Stock knows no {received.Type}.");
        var order = OrderFacts.Of(received);
        if (order.Quantity <= 0) throw new InvalidDataException($"The quantity of order {order.Order} is {order.Quantity}.");
        if (transaction.Scalar("SELECT state FROM reservation WHERE id = @id", ("@id", order.Order)) is not null) return;
        var isThere = transaction.Execute("UPDATE shelf SET quantity = quantity - @quantity WHERE item = @item AND quantity >= @quantity", ("@quantity", order.Quantity), ("@item", order.Item)) == 1;
        var state = isThere ? OrderFlow.Reserved : OrderFlow.OutOfStock;
        transaction.Execute("INSERT INTO reservation VALUES (@id, @item, @quantity, @state)", ("@id", order.Order), ("@item", order.Item), ("@quantity", order.Quantity), ("@state", state));
        transaction.Send(order.Tell(Name, state, time));
    }
}

/// <summary>What can be ordered.</summary>
internal static class Catalogue
{
    public static readonly IReadOnlyList<(string Name, long Quantity)> Items = [("book", 100_000), ("mug", 100_000), ("shirt", 100_000), ("rarity", 3)];

    public static bool Has(string item) => Items.Any(each => each.Name == item);
}
