using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json.Nodes;
using Xunit;

namespace Fonte.Broker.Tests.Orders;

/// <summary>Customers order at a steady rate while somebody does harm; in the end every order has one final state, money and stock add up, and each customer was told once and in order.</summary>
internal sealed class OrdersProof
{
    private const int Customers = 20;
    private const long FirstBalance = 1000_00;
    private static readonly (string Item, long Price)[] Items = [("book", 40_00), ("mug", 25_00), ("shirt", 60_00), ("rarity", 90_00)];

    private readonly OrderPipeline _pipeline;
    private readonly int _orders;
    private readonly Random _random;
    private readonly Dictionary<string, List<string>> _placed = Enumerable.Range(0, Customers).ToDictionary(n => $"customer{n}", _ => new List<string>());
    private readonly ConcurrentDictionary<string, ConcurrentQueue<(string Order, string State)>> _told = new();
    private long _acknowledged;

    internal OrdersProof(OrderPipeline pipeline, int orders, int seed)
    {
        (_pipeline, _orders, _random) = (pipeline, orders, new(seed));
        TestContext.Current.SendDiagnosticMessage($"Seed {seed}.");
    }

    private static CancellationToken Stop => TestNode.Stop;

    internal int Told => _told.Values.Sum(told => told.Count);

    internal long Acknowledged => Interlocked.Read(ref _acknowledged);

    /// <summary>Runs it all.</summary>
    /// <param name="perSecond">How many orders a second.</param>
    /// <param name="harm">Does harm until it is told that all is ordered; leaves everything running.</param>
    internal async Task RunAsync(int perSecond, Func<CancellationToken, Task> harm)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        var listening = _placed.Keys.Select(customer => ListenAsync(customer, over.Token)).ToList();
        using var ordered = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        var harming = harm(ordered.Token);
        await Task.WhenAll(_placed.Keys.Select((customer, n) => OrderAsync(customer, (_orders / Customers) + (n < _orders % Customers ? 1 : 0), TimeSpan.FromSeconds((double)Customers / perSecond), new(_random.Next()))));
        await ordered.CancelAsync();
        await harming;
        var begun = Stopwatch.StartNew();
        while (Told < _orders)
        {
            Assert.True(begun.Elapsed < TimeSpan.FromSeconds(60), $"{Told} of {_orders} customers were told.");
            await Task.Delay(20, Stop);
        }
        // What is told twice comes behind.
        await TestNode.UntilAsync(() => OrderPipeline.Roles.All(role => _pipeline.Ask(role, "SELECT count(*) FROM fonte_outbox", row => row.GetInt64(0)).Single() == 0));
        await TestNode.UntilAsync(() => _pipeline.Ask("order", "SELECT count(*) FROM orders WHERE state <> 'PEDIDO_FEITO'", row => row.GetInt64(0)).Single() == _orders);
        await over.CancelAsync();
        await Task.WhenAll(listening);
        Check();
    }

    private async Task OrderAsync(string customer, int count, TimeSpan every, Random random)
    {
        var token = _pipeline.Token(customer);
        for (var n = 0; n < count; n++)
        {
            var begun = Stopwatch.GetTimestamp();
            var (item, price) = Items[random.Next(10) == 0 ? 3 : random.Next(3)];
            var quantity = random.Next(1, 4);
            _placed[customer].Add(await _pipeline.PlaceAsync(token, item, quantity, quantity * price / 100m));
            Interlocked.Increment(ref _acknowledged);
            if (every - Stopwatch.GetElapsedTime(begun) is { Ticks: > 0 } left) await Task.Delay(left, Stop);
        }
    }

    private async Task ListenAsync(string customer, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var received in _pipeline.Client(_pipeline.Token(customer)).SubscribeAsync(new() { Topics = [$"orders/customers/{customer}"], LastEventId = "earliest" }, cancellationToken))
            {
                var data = JsonNode.Parse(received.Data)!["data"]!;
                _told.GetOrAdd(customer, _ => new()).Enqueue((data["order"]!.GetValue<string>(), data["state"]!.GetValue<string>()));
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // All is told.
        }
    }

    private void Check()
    {
        var orders = _pipeline.Ask("order", "SELECT id, customer, item, quantity, amount, state FROM orders", row => (Id: row.GetString(0), Customer: row.GetString(1), Item: row.GetString(2), Quantity: row.GetInt64(3), Amount: row.GetInt64(4), State: row.GetString(5)));
        var payments = _pipeline.Ask("payment", "SELECT id, amount, state FROM payment", row => (Id: row.GetString(0), Amount: row.GetInt64(1), State: row.GetString(2))).ToDictionary(row => row.Id);
        var reservations = _pipeline.Ask("stock", "SELECT id, quantity, state FROM reservation", row => (Id: row.GetString(0), Quantity: row.GetInt64(1), State: row.GetString(2))).ToDictionary(row => row.Id);
        Assert.Equal(_placed.Values.SelectMany(each => each).Order(), orders.Select(order => order.Id).Order());
        Assert.Equal(orders.Count, payments.Count);
        foreach (var order in orders)
        {
            var reservation = reservations.TryGetValue(order.Id, out var kept) ? kept.State : null;
            Assert.Contains((order.State, payments[order.Id].State, reservation), ((string, string, string?)[])
            [
                ("ESTOQUE_RESERVADO", "PAGAMENTO_CONFIRMADO", "ESTOQUE_RESERVADO"),
                ("PAGAMENTO_RECUSADO", "PAGAMENTO_RECUSADO", null),
                ("PAGAMENTO_ESTORNADO", "PAGAMENTO_ESTORNADO", "ESTOQUE_INSUFICIENTE"),
            ]);
        }
        foreach (var (customer, balance) in _pipeline.Ask("payment", "SELECT customer, balance FROM account", row => (row.GetString(0), row.GetInt64(1))))
        {
            Assert.Equal(FirstBalance - orders.Where(order => order.Customer == customer && order.State == "ESTOQUE_RESERVADO").Sum(order => order.Amount), balance);
            Assert.InRange(balance, 0, FirstBalance);
        }
        foreach (var (item, quantity) in _pipeline.Ask("stock", "SELECT item, quantity FROM shelf", row => (row.GetString(0), row.GetInt64(1))))
            Assert.Equal((item == "rarity" ? 3 : 100_000) - orders.Where(order => order.Item == item && order.State == "ESTOQUE_RESERVADO").Sum(order => order.Quantity), quantity);
        foreach (var (customer, placed) in _placed)
        {
            // Once each, with the state that it has.
            var told = _told[customer].ToList();
            Assert.Equal(orders.Where(order => order.Customer == customer).Select(order => (order.Id, order.State)).Order(), told.Order());
            // Those that went the same way in the order in which they were placed; what was paid back has gone further.
            foreach (var state in (string[])["ESTOQUE_RESERVADO", "PAGAMENTO_RECUSADO", "PAGAMENTO_ESTORNADO"])
            {
                var same = told.Where(each => each.State == state).Select(each => each.Order).ToList();
                Assert.Equal(placed.Where(same.Contains), same);
            }
        }
        Assert.All(OrderPipeline.Roles, role => Assert.Equal(0, _pipeline.Ask(role, "SELECT count(*) FROM fonte_dead", row => row.GetInt64(0)).Single()));
    }
}
