using System.Globalization;
using System.Text.Json;
using CloudNative.CloudEvents;
using Fonte.Services;

namespace Fonte.Samples.Orders;

/// <summary>The events of the pipeline, and which service receives which.</summary>
/// <remarks>
/// <code>
/// Order ──PEDIDO_FEITO──▶ Payment ──PAGAMENTO_CONFIRMADO──▶ Stock ──ESTOQUE_RESERVADO──▶ Notification ─▶ customer
///                            │  ▲                             │                              ▲
///                            │  └────ESTOQUE_INSUFICIENTE─────┘                              │
///                            └──PAGAMENTO_RECUSADO, PAGAMENTO_ESTORNADO─────────────────────┘
/// </code>
/// </remarks>
internal static class OrderFlow
{
    public const string Placed = "PEDIDO_FEITO";
    public const string Paid = "PAGAMENTO_CONFIRMADO";
    public const string Refused = "PAGAMENTO_RECUSADO";
    public const string Refunded = "PAGAMENTO_ESTORNADO";
    public const string Reserved = "ESTOQUE_RESERVADO";
    public const string OutOfStock = "ESTOQUE_INSUFICIENTE";
    public const string Notice = "NOTIFICACAO";

    public static readonly IReadOnlyList<ServiceGroup> Groups =
    [
        new("order", [Reserved, Refused, Refunded]),
        new("payment", [Placed, OutOfStock]),
        new("stock", [Paid]),
        new("notification", [Reserved, Refused, Refunded]),
    ];

    /// <summary>The topic of what a customer is told, which only the customer may read.</summary>
    public static string TopicOf(string customer) => $"orders/customers/{customer}";
}

/// <summary>What all events of an order say, so that no service needs to ask another.</summary>
/// <param name="Order">The order.</param>
/// <param name="Customer">Whose it is.</param>
/// <param name="Item">What is ordered.</param>
/// <param name="Quantity">How many.</param>
/// <param name="Amount">What it costs, in hundredths.</param>
internal sealed record OrderFacts(string Order, string Customer, string Item, long Quantity, long Amount)
{
    private const string Version = "1";
    private static readonly CloudEventAttribute VersionAttribute = CloudEventAttribute.CreateExtension("dataversion", CloudEventAttributeType.String);

    public static OrderFacts Of(CloudEvent received)
    {
        if (received["dataversion"] is not null and not Version) throw new ImpossibleEventException($"Its version is {received["dataversion"]}, and here {Version} is known.");
        if (received.Data is not JsonElement { ValueKind: JsonValueKind.Object } data) throw new ImpossibleEventException("Its data is no object.");
        try
        {
            return new(Text(data, "order"), Text(data, "customer"), Text(data, "item"), data.GetProperty("quantity").GetInt64(), data.GetProperty("amount").GetInt64());
        }
        catch (Exception exception) when (exception is KeyNotFoundException or FormatException or InvalidOperationException)
        {
            throw new ImpossibleEventException($"Its data is no order: {exception.Message}", exception);
        }
    }

    /// <summary>The event that tells a step of the order. Its ID is made of both, so that a step that is told twice is one event; its key is the customer, whose orders stay in order.</summary>
    public CloudEvent Tell(string service, string type, TimeProvider time) => new([VersionAttribute])
    {
        Id = $"{Order}/{type}",
        Source = new($"/orders/{service}", UriKind.Relative),
        Type = type,
        Subject = Customer,
        Time = time.GetUtcNow(),
        DataContentType = "application/json",
        ["dataversion"] = Version,
        Data = Facts(),
    };

    /// <summary>What the customer is told, at its own topic.</summary>
    public CloudEvent Notify(string type, TimeProvider time)
    {
        var notice = Tell("notification", OrderFlow.Notice, time);
        notice.Subject = OrderFlow.TopicOf(Customer);
        notice.Data = Facts(type);
        return notice;
    }

    private Dictionary<string, object> Facts(string? state = null)
    {
        var facts = new Dictionary<string, object> { ["order"] = Order, ["customer"] = Customer, ["item"] = Item, ["quantity"] = Quantity, ["amount"] = Amount };
        if (state is not null) facts["state"] = state;
        return facts;
    }

    private static string Text(JsonElement data, string name) => data.GetProperty(name).GetString() is { Length: > 0 } text ? text : throw new FormatException(string.Create(CultureInfo.InvariantCulture, $"{name} is empty"));
}
