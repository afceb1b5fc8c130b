using Fonte.Client;
using Fonte.Samples.Orders.Services;
using Fonte.Services;

namespace Fonte.Samples.Orders;

/// <summary>Runs one of the four as a process of its own, until it is stopped or whoever started it has gone.</summary>
internal static class ServiceHost
{
    public static async Task<int> RunAsync(ServiceOptions options, string secret)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { Args = ["--hostBuilder:reloadConfigOnChange=false"] });
        builder.WebHost.UseUrls(options.Urls);
        builder.Logging.AddSimpleConsole(console => console.SingleLine = true);
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning);
        await using var app = builder.Build();
        var loggers = app.Services.GetRequiredService<ILoggerFactory>();

        var time = TimeProvider.System;
        IOrderService? service = options.Role switch
        {
            "order" => new OrderService(time),
            "payment" => new PaymentService(time),
            "stock" => new StockService(time),
            "notification" => new NotificationService(time),
            _ => null,
        };
        if (service is null)
        {
            await Console.Error.WriteLineAsync($"'{options.Role}' is none of order, payment, stock and notification.");
            return 2;
        }

        Directory.CreateDirectory(options.Data);
        var tokens = new OrderTokens(secret);
        using var http = new HttpClient();
        var hub = new FonteClient(http, new()
        {
            HubUrl = options.Hub,
            MinimumReconnectionTime = TimeSpan.FromMilliseconds(100),
            MaximumReconnectionTime = TimeSpan.FromSeconds(2),
            PublishRetryTime = TimeSpan.FromSeconds(10),
            AccessToken = _ => new(tokens.OfService(options.Hub.ToString(), options.Role)),
        });
        var store = ServiceStore.Open(Path.Combine(options.Data, $"{options.Role}.db"), service.Schema);
        var transport = new Transport(options, hub, loggers);
        var sender = options.Role == "notification" ? transport.ToHub() : transport.Sender();
        await using var group = transport.Group(options.Role, store);
        using var status = new ServiceStatus(options.Role, store, hub, loggers.CreateLogger<ServiceStatus>());
        var worker = new ServiceWorker(
            store,
            group,
            sender,
            (received, transaction) =>
            {
                service.Handle(received, transaction);
                status.Passed(received);
            },
            loggers.CreateLogger<ServiceWorker>());
        try
        {
            if (service is OrderService orders) OrderApi.Map(app, orders, worker, tokens, time);
            await app.StartAsync();
            worker.Start();
            // Read by who has started it.
            Console.WriteLine($"ready {app.Urls.First()}");
            using var stopping = CancellationTokenSource.CreateLinkedTokenSource(app.Lifetime.ApplicationStopping);
            var telling = status.RunAsync(stopping.Token);
            if (Environment.GetEnvironmentVariable(ServiceOptions.ChildVariable) is not null) EndWithParent(app.Lifetime);
            await app.WaitForShutdownAsync();
            await stopping.CancelAsync();
            await telling;
        }
        finally
        {
            await worker.DisposeAsync();
            (sender as IDisposable)?.Dispose();
            if (sender is IAsyncDisposable disposable) await disposable.DisposeAsync();
        }
        return 0;
    }

    // However that has ended: its end of the pipe is closed.
    private static void EndWithParent(IHostApplicationLifetime lifetime) => _ = Task.Factory.StartNew(
        () =>
        {
            // It blocks, and so has a thread of its own.
            using var input = Console.OpenStandardInput();
            while (input.ReadByte() >= 0)
            {
            }
            lifetime.StopApplication();
        },
        CancellationToken.None,
        TaskCreationOptions.LongRunning,
        TaskScheduler.Default);
}
