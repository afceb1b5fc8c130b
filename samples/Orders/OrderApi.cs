using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Fonte.Samples.Orders.Services;
using Fonte.Services;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Data.Sqlite;

namespace Fonte.Samples.Orders;

/// <summary><c>POST /orders</c> of the service of orders: the token says whose order it is, the header <c>Idempotency-Key</c> which, when it is sent again.</summary>
internal static class OrderApi
{
    private const int MostBytes = 16 * 1024;
    private const long MostQuantity = 1000;
    private const decimal MostAmount = 1_000_000m;

    public static void Map(IEndpointRouteBuilder endpoints, OrderService orders, ServiceWorker worker, OrderTokens tokens, TimeProvider time)
    {
        endpoints.MapPost("/orders", async context =>
        {
            if (await CustomerOfAsync(context, tokens) is not { } customer) return;
            if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size) size.MaxRequestBodySize = MostBytes;
            var (order, problem) = await ReadAsync(context, customer);
            if (order is null)
            {
                await problem!.ExecuteAsync(context);
                return;
            }
            string? state = null;
            try
            {
                worker.Run(transaction => state = orders.Place(order, transaction));
            }
            catch (SqliteException)
            {
                context.Response.Headers.RetryAfter = "1";
                await Problem(StatusCodes.Status503ServiceUnavailable, "The order cannot be kept now; try again.").ExecuteAsync(context);
                return;
            }
            var answer = state is null
                ? Problem(StatusCodes.Status422UnprocessableEntity, "Another order was sent under this Idempotency-Key; use a new one.")
                : Results.Json(new Dictionary<string, string> { ["order"] = order.Order, ["state"] = state }, statusCode: StatusCodes.Status202Accepted);
            await answer.ExecuteAsync(context);
        });
        // For the lesson: an event as no service of these would send it.
        endpoints.MapPost("/orders/poison", async context =>
        {
            if (await CustomerOfAsync(context, tokens) is not { } customer) return;
            var poison = new OrderFacts($"poison-{Guid.NewGuid():N}", customer, Catalogue.Items[0].Name, 1, -1);
            worker.Run(transaction => transaction.Send(poison.Tell(orders.Name, OrderFlow.Placed, time)));
            await Results.Json(new Dictionary<string, string> { ["order"] = poison.Order, ["state"] = OrderFlow.Placed }, statusCode: StatusCodes.Status202Accepted).ExecuteAsync(context);
        });
    }

    private static async Task<string?> CustomerOfAsync(HttpContext context, OrderTokens tokens)
    {
        var field = context.Request.Headers.Authorization.ToString();
        var customer = await tokens.CustomerOfAsync(field.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) ? field["Bearer ".Length..] : null);
        if (customer is null)
        {
            context.Response.Headers.WWWAuthenticate = "Bearer";
            await Problem(StatusCodes.Status401Unauthorized, "Present the customer's token.").ExecuteAsync(context);
        }
        return customer;
    }

    private static async Task<(OrderFacts? Order, IResult? Problem)> ReadAsync(HttpContext context, string customer)
    {
        JsonElement body;
        try
        {
            body = await JsonSerializer.DeserializeAsync<JsonElement>(context.Request.Body, cancellationToken: context.RequestAborted);
        }
        catch (BadHttpRequestException exception)
        {
            return (null, Problem(exception.StatusCode, exception.StatusCode == StatusCodes.Status413PayloadTooLarge ? $"An order has at most {MostBytes} bytes." : "The request cannot be read."));
        }
        catch (JsonException)
        {
            return (null, Problem(StatusCodes.Status400BadRequest, "The body is no JSON."));
        }
        try
        {
            return Read(context.Request, customer, body);
        }
        catch (InvalidOperationException)
        {
            // Half of a surrogate pair.
            return (null, Problem(StatusCodes.Status400BadRequest, "A text of the body is not valid Unicode."));
        }
    }

    private static (OrderFacts? Order, IResult? Problem) Read(HttpRequest request, string customer, JsonElement body)
    {
        if (body.ValueKind != JsonValueKind.Object) return (null, Problem(StatusCodes.Status400BadRequest, "An order is a JSON object with item, quantity and amount."));
        if (!body.TryGetProperty("item", out var item) || item.ValueKind != JsonValueKind.String || !Catalogue.Has(item.GetString()!))
            return (null, Problem(StatusCodes.Status400BadRequest, $"The item must be one of {string.Join(", ", Catalogue.Items.Select(each => each.Name))}."));
        if (!body.TryGetProperty("quantity", out var many) || many.ValueKind != JsonValueKind.Number || !many.TryGetInt64(out var quantity) || quantity is < 1 or > MostQuantity)
            return (null, Problem(StatusCodes.Status400BadRequest, $"The quantity must be a whole number from 1 to {MostQuantity}."));
        if (!body.TryGetProperty("amount", out var money) || money.ValueKind != JsonValueKind.Number || !money.TryGetDecimal(out var amount) || amount is <= 0 or > MostAmount || decimal.Round(amount, 2) != amount)
            return (null, Problem(StatusCodes.Status400BadRequest, $"The amount must be a number from 0.01 to {MostAmount} with at most two decimals."));
        return (new(IdOf(request, customer), customer, item.GetString()!, quantity, (long)(amount * 100)), null);
    }

    // The same for the same key of the same customer: whoever sends an order again gets the same.
    private static string IdOf(HttpRequest request, string customer) => request.Headers["Idempotency-Key"].ToString() is { Length: > 0 } key
        ? Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{customer}\n{key}")).AsSpan(0, 16))
        : Guid.NewGuid().ToString("N");

    private static IResult Problem(int status, string sentence) => Results.Problem(sentence, statusCode: status);
}
