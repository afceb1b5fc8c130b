using System.Buffers;
using System.Globalization;
using System.Text.Json;

namespace Fonte.Samples.Activity;

/// <summary>What happens in an invented company, one event after the other: orders are placed, most of them are paid, and something breaks now and then.</summary>
/// <param name="random">Decides.</param>
/// <param name="firstOrder">The number of the first order: a day that begins anew does not use the last one's.</param>
internal sealed class CompanyDay(Random random, long firstOrder)
{
    public const string Placed = "PEDIDO_FEITO";
    public const string Paid = "PAGAMENTO_CONFIRMADO";
    public const string Broken = "ERRO_DE_SISTEMA";

    private const int MostUnpaid = 20;
    private static readonly string[] Services = ["payment", "stock", "notification"];
    private static readonly string[] Codes = ["timeout", "disk-full", "connection-refused"];

    private readonly Queue<(string Order, decimal Amount)> _unpaid = new();
    private long _orders = firstOrder - 1;

    public EventDraft Next(DateTimeOffset time)
    {
        var chance = random.Next(100);
        if (chance < 12)
        {
            var (service, code) = (Services[random.Next(Services.Length)], Codes[random.Next(Codes.Length)]);
            return Draft(Broken, time, json =>
            {
                json.WriteString("service", service);
                json.WriteString("code", code);
            });
        }

        if (_unpaid.Count == MostUnpaid || (chance < 50 && _unpaid.Count > 0))
        {
            var paid = _unpaid.Dequeue();
            return Draft(Paid, time, json => Write(json, paid.Order, paid.Amount));
        }

        var placed = (Order: string.Create(CultureInfo.InvariantCulture, $"A-{++_orders}"), Amount: random.Next(1_000, 50_000) / 100m);
        _unpaid.Enqueue(placed);
        return Draft(Placed, time, json => Write(json, placed.Order, placed.Amount));
    }

    private static void Write(Utf8JsonWriter json, string order, decimal amount)
    {
        json.WriteString("order", order);
        json.WriteNumber("amount", amount);
    }

    private static EventDraft Draft(string type, DateTimeOffset time, Action<Utf8JsonWriter> fields)
    {
        var buffer = new ArrayBufferWriter<byte>(128);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            fields(json);
            json.WriteString("source", "simulator");
            json.WriteString("time", time);
            json.WriteEndObject();
        }

        return new() { Topics = [ActivityExtensions.Topic], Type = type, Data = buffer.WrittenMemory };
    }
}
