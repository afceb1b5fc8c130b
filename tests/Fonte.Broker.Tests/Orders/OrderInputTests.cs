using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Xunit;

namespace Fonte.Broker.Tests.Orders;

/// <summary>What is no order, no event and no right.</summary>
public sealed class OrderInputTests(OrderPipelineFixture fixture) : IClassFixture<OrderPipelineFixture>
{
    private OrderPipeline Orders => fixture.Pipeline;

    private static CancellationToken Stop => TestNode.Stop;

    [Theory]
    [InlineData("""{"item":"book","quantity":1,"amount":-1}""")]
    [InlineData("""{"item":"book","quantity":1,"amount":0}""")]
    [InlineData("""{"item":"book","quantity":1,"amount":1e30}""")]
    [InlineData("""{"item":"book","quantity":1,"amount":1000000.01}""")]
    [InlineData("""{"item":"book","quantity":1,"amount":1.001}""")]
    [InlineData("""{"item":"book","quantity":1,"amount":"40"}""")]
    [InlineData("""{"item":"book","quantity":1}""")]
    [InlineData("""{"item":"book","quantity":-1,"amount":1}""")]
    [InlineData("""{"item":"book","quantity":1.5,"amount":1}""")]
    [InlineData("""{"item":"book","quantity":99999999999999999999,"amount":1}""")]
    [InlineData("""{"item":"a house","quantity":1,"amount":1}""")]
    [InlineData("""{"quantity":1,"amount":1}""")]
    [InlineData("""{"item":"\ud800","quantity":1,"amount":1}""")]
    [InlineData("""{"\ud800":"book","quantity":1,"amount":1}""")]
    [InlineData("[1]")]
    [InlineData("no JSON")]
    [InlineData("")]
    public async Task Order_that_makes_no_sense_is_answered_with_400(string body)
    {
        using var response = await Orders.PostAsync(new StringContent(body, Encoding.UTF8, "application/json"), Orders.Token("c"));
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType!.MediaType);
    }

    [Fact]
    public async Task Order_of_a_megabyte_is_answered_with_413()
    {
        using var response = await Orders.PostAsync(new StringContent($$"""{"item":"{{new string('x', 1_000_000)}}","quantity":1,"amount":1}""", Encoding.UTF8, "application/json"), Orders.Token("c"));
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("no token")]
    public async Task Order_of_nobody_is_answered_with_401(string? token)
    {
        using var response = await Orders.PostAsync(new StringContent("""{"item":"book","quantity":1,"amount":1}"""), token);
        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }

    [Fact]
    public async Task Another_order_under_the_same_key_is_answered_with_422_and_the_same_with_its_state()
    {
        var token = Orders.Token("keys");
        async Task<HttpStatusCode> PostAsync(int quantity)
        {
            using var response = await Orders.PostAsync(new StringContent($$"""{"item":"book","quantity":{{quantity}},"amount":1}"""), token, "one key");
            return response.StatusCode;
        }
        Assert.Equal(HttpStatusCode.Accepted, await PostAsync(1));
        Assert.Equal(HttpStatusCode.Accepted, await PostAsync(1));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, await PostAsync(2));
    }

    [Fact]
    public async Task Customer_is_told_nothing_of_another()
    {
        var (mine, other) = (Orders.Token("mine"), Orders.Token("other"));
        // With the wish of reading everything, the token of one.
        await using var all = Orders.Client(mine).SubscribeAsync(new() { Topics = ["*"] }, Stop).GetAsyncEnumerator(Stop);
        var next = all.MoveNextAsync().AsTask();
        await Orders.PlaceAsync(other, "book", 1, 40m);
        await foreach (var _ in Orders.Client(other).SubscribeAsync(new() { Topics = ["orders/customers/other"], LastEventId = "earliest" }, Stop)) break;
        var own = await Orders.PlaceAsync(mine, "book", 1, 40m);
        for (; ; next = all.MoveNextAsync().AsTask())
        {
            Assert.True(await next);
            // Which all may know.
            if (all.Current.Type == "service-status") continue;
            Assert.Equal(own, JsonNode.Parse(all.Current.Data)!["data"]!["order"]!.GetValue<string>());
            break;
        }
    }

    [Fact]
    public async Task Events_that_come_twice_out_of_order_from_the_future_or_make_no_sense_change_nothing_but_the_dead_letters()
    {
        var hub = Orders.Client(Orders.OperatorToken());
        var token = Orders.Token("late");
        Task PublishAsync(string type, string id, string data, string version = "1") => hub.PublishAsync(new()
        {
            Topics = ["late", type],
            Type = type,
            Private = true,
            Data = $$"""{"specversion":"1.0","id":"{{id}}","source":"/test","type":"{{type}}","subject":"late","time":"2999-01-01T00:00:00Z","dataversion":"{{version}}","datacontenttype":"application/json","data":{{data}}}""",
        }, Stop);
        string Facts(string order) => $$"""{"order":"{{order}}","customer":"late","item":"book","quantity":1,"amount":4000}""";
        var dead = Dead();
        // Told of the stock before the payment, which then charges nothing.
        await PublishAsync("ESTOQUE_INSUFICIENTE", "1", Facts("early"));
        await PublishAsync("PEDIDO_FEITO", "2", Facts("early"));
        await PublishAsync("PEDIDO_FEITO", "2", Facts("early"));
        // Not what its topic says.
        await hub.PublishAsync(new() { Topics = ["late", "ESTOQUE_RESERVADO"], Private = true, Data = $$"""{"specversion":"1.0","id":"8","source":"/test","type":"FOO","subject":"late","data":{{Facts("early")}}}""" }, Stop);
        await PublishAsync("PEDIDO_FEITO", "3", Facts("versioned"), version: "9");
        await PublishAsync("PEDIDO_FEITO", "4", "[]");
        await PublishAsync("PEDIDO_FEITO", "5", "{}");
        await PublishAsync("PEDIDO_FEITO", "6", """{"order":"negative","customer":"late","item":"book","quantity":1,"amount":-5}""");
        var order = await Orders.PlaceAsync(token, "book", 1, 40m);
        var told = new List<(string, string)>();
        await foreach (var received in Orders.Client(token).SubscribeAsync(new() { Topics = ["orders/customers/late"], LastEventId = "earliest" }, Stop))
        {
            var data = JsonNode.Parse(received.Data)!["data"]!;
            told.Add((data["order"]!.GetValue<string>(), data["state"]!.GetValue<string>()));
            if (told.Count == 2) break;
        }
        Assert.Equal([("early", "PAGAMENTO_ESTORNADO"), (order, "ESTOQUE_RESERVADO")], told);
        // The customer may be told before the service that took the order has heard of it.
        await TestNode.UntilAsync(() => States().Count > 0);
        Assert.Equal(["ESTOQUE_RESERVADO"], States());
        Assert.Equal(960_00, Orders.Ask("payment", "SELECT balance FROM account WHERE customer = 'late'", row => row.GetInt64(0)).Single());
        Assert.Equal(dead + 4, Dead());

        List<string> States() => Orders.Ask("order", "SELECT DISTINCT state FROM orders WHERE customer = 'late' AND state <> 'PEDIDO_FEITO'", row => row.GetString(0));
        long Dead() => Orders.Ask("payment", "SELECT count(*) FROM fonte_dead", row => row.GetInt64(0)).Single();
    }
}

/// <summary>One pipeline for tests that do no harm.</summary>
public sealed class OrderPipelineFixture : IAsyncLifetime
{
    internal OrderPipeline Pipeline { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Pipeline = await OrderPipeline.StartAsync();

    public ValueTask DisposeAsync() => Pipeline.DisposeAsync();
}
