using Fonte.Samples.Orders;

// Alone: a hub, the page and the four as child processes. With a name: one of the four.
if (args is [var first, ..] && !first.StartsWith("--", StringComparison.Ordinal))
{
    var options = ServiceOptions.Parse(args, out var problem);
    var secret = Environment.GetEnvironmentVariable(ServiceOptions.SecretVariable);
    if (options is null || secret is not { Length: >= 32 })
    {
        Console.Error.WriteLine(problem ?? $"{ServiceOptions.SecretVariable} must hold the secret of the tokens, 32 characters or more.");
        return 2;
    }
    return await ServiceHost.RunAsync(options, secret);
}

var builder = WebApplication.CreateBuilder(args);
builder.WebHost.UseUrls(builder.Configuration["urls"] ?? "http://127.0.0.1:8000");
builder.Services.AddFonte(fonte => fonte.Data = builder.Configuration["data"] ?? "orders-data/hub");
builder.Services.AddOrders(new()
{
    Data = builder.Configuration["services"] ?? "orders-data",
    Broker = builder.Configuration["broker"] ?? ServiceOptions.Embedded,
    BrokerUrl = builder.Configuration["broker-url"],
});

var app = builder.Build();
app.MapFonte();
app.MapFonteScript();
app.MapSharedPages();
app.MapOrders();
app.MapGet("/", () => Results.LocalRedirect("/orders/"));
app.Run();
return 0;
