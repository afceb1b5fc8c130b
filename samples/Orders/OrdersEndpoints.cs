using System.Net;
using System.Net.Http.Headers;

namespace Fonte.Samples.Orders;

/// <summary>What the page calls: a customer of its own, orders, and the buttons that stop and start the services.</summary>
internal static class OrdersEndpoints
{
    public const string Client = "orders";

    // A page that was open over night, with a token of twelve hours, goes on as the same customer.
    private static readonly TimeSpan ComesBackWithin = TimeSpan.FromDays(30);

    public static void Map(RouteGroupBuilder orders)
    {
        orders.MapPost("/session", Session).RequireSameOrigin();
        orders.MapPost("/", (HttpContext context, ServiceProcesses processes, IHttpClientFactory clients, OrderTokens tokens) => ForwardAsync(context, processes, clients, tokens, "/orders")).RequireSameOrigin();
        orders.MapPost("/poison", (HttpContext context, ServiceProcesses processes, IHttpClientFactory clients, OrderTokens tokens) => ForwardAsync(context, processes, clients, tokens, "/orders/poison")).RequireSameOrigin();
        orders.MapGet("/services", (ServiceProcesses processes) => new Dictionary<string, bool>(processes.All));
        orders.MapPost("/services/{name}/start", (string name, ServiceProcesses processes) => Switch(name, processes, processes.Start)).RequireSameOrigin();
        orders.MapPost("/services/{name}/stop", (string name, ServiceProcesses processes) => Switch(name, processes, processes.Stop)).RequireSameOrigin();
    }

    /// <summary>The customer that the browser is, or a new one.</summary>
    private static async Task<IResult> Session(HttpContext context, OrderTokens tokens)
    {
        var customer = await tokens.CustomerOfAsync(context.Request.Cookies[tokens.CookieName], ComesBackWithin) ?? Guid.NewGuid().ToString("N")[..12];
        var hub = $"{context.Request.Scheme}://{context.Request.Host}/.well-known/mercure";
        context.Response.Cookies.Append(tokens.CookieName, tokens.OfCustomer(hub, customer), new() { HttpOnly = true, SameSite = SameSiteMode.Strict, Secure = context.Request.IsHttps, Path = "/" });
        return Results.Json(new Dictionary<string, string> { ["customer"] = customer, ["topic"] = OrderFlow.TopicOf(customer) });
    }

    private static async Task<IResult> ForwardAsync(HttpContext context, ServiceProcesses processes, IHttpClientFactory clients, OrderTokens tokens, string path)
    {
        if (processes.OrderAddress is not { } address) return Away(context);
        using var client = clients.CreateClient(Client);
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(address, path)) { Content = new StreamContent(context.Request.Body) };
        if (context.Request.ContentLength is { } length) request.Content.Headers.ContentLength = length;
        if (context.Request.Cookies[tokens.CookieName] is { Length: > 0 } token) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        if (context.Request.Headers["Idempotency-Key"].ToString() is { Length: > 0 } key) request.Headers.TryAddWithoutValidation("Idempotency-Key", key);
        try
        {
            using var response = await client.SendAsync(request, context.RequestAborted);
            var body = await response.Content.ReadAsByteArrayAsync(context.RequestAborted);
            context.Response.StatusCode = (int)response.StatusCode;
            return new Answer(body, response.Content.Headers.ContentType?.ToString() ?? "application/json", (int)response.StatusCode);
        }
        catch (Exception exception) when (exception is HttpRequestException || (exception is OperationCanceledException && !context.RequestAborted.IsCancellationRequested))
        {
            return Away(context);
        }
    }

    private static IResult Away(HttpContext context)
    {
        context.Response.Headers.RetryAfter = "1";
        return Results.Problem("The service of orders is not there now; try again.", statusCode: (int)HttpStatusCode.ServiceUnavailable);
    }

    private static IResult Switch(string name, ServiceProcesses processes, Action<string> act)
    {
        if (!processes.Has(name)) return Results.Problem($"There is no service {name}.", statusCode: StatusCodes.Status404NotFound);
        act(name);
        return Results.NoContent();
    }

    private sealed class Answer(byte[] body, string type, int status) : IResult
    {
        public async Task ExecuteAsync(HttpContext httpContext)
        {
            httpContext.Response.StatusCode = status;
            httpContext.Response.ContentType = type;
            await httpContext.Response.Body.WriteAsync(body);
        }
    }
}
