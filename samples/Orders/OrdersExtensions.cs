using System.Security.Cryptography;
using Fonte.AspNetCore;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Fonte.Samples.Orders;

/// <summary>How the four are started.</summary>
public sealed class OrdersOptions
{
    /// <summary>The folder of their files; <c>:memory:</c> for one that goes with the process.</summary>
    public string Data { get; set; } = "orders-data";

    /// <summary>What carries their events: <c>embedded</c>, <c>rabbitmq</c> or <c>kafka</c>.</summary>
    public string Broker { get; set; } = ServiceOptions.Embedded;

    /// <summary>Where that is.</summary>
    public string? BrokerUrl { get; set; }

    /// <summary>The topic at which everybody may read which orders are placed and paid, while <see cref="Broker"/> is <c>embedded</c>; null for none.</summary>
    public string? Feed { get; set; }

    internal bool IsTemporary { get; set; }
}

public static class OrdersExtensions
{
    private const string SecretFile = "secret";

    /// <summary>Starts the four services as child processes once the application listens. Needs <c>AddFonte</c>.</summary>
    public static IServiceCollection AddOrders(this IServiceCollection services, OrdersOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.Data == FonteOptions.InMemory) (options.Data, options.IsTemporary) = (Directory.CreateTempSubdirectory("fonte-orders").FullName, true);
        var secret = SecretIn(options.Data);
        services.AddSingleton(options);
        var tokens = new OrderTokens(secret);
        services.AddSingleton(tokens);
        services.AddSingleton(provider => new ServiceProcesses(options, secret, provider.GetRequiredService<ILogger<ServiceProcesses>>()));
        services.AddHostedService<ServiceProcessesHost>();
        services.TryAddSingleton(TimeProvider.System);
        if (options.Feed is not null && options.Broker == ServiceOptions.Embedded) services.AddHostedService<OrdersFeed>();
        services.AddHttpClient(OrdersEndpoints.Client, client => client.Timeout = TimeSpan.FromSeconds(15)).ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler { UseProxy = false, UseCookies = false });
        services.Configure<FonteHttpOptions>(fonte =>
        {
            fonte.Issuers.Add(new() { Issuer = OrderTokens.Issuer, Secret = secret });
            // The demo speaks http, over which browsers keep no cookie of the default's name.
            fonte.CookieName = tokens.CookieName;
        });
        return services;
    }

    /// <summary>Maps the page <c>/orders/</c> and what it calls.</summary>
    public static void MapOrders(this IEndpointRouteBuilder endpoints)
    {
        OrdersEndpoints.Map(endpoints.MapGroup("/orders"));
        endpoints.MapPages("/orders", typeof(OrdersExtensions).Assembly);
    }

    // Kept, so that a page that is open goes on after a restart. What is wrong with the folder the hub says better.
    private static string SecretIn(string folder)
    {
        var secret = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
        var path = Path.Combine(folder, SecretFile);
        try
        {
            Directory.CreateDirectory(folder);
            if (File.Exists(path) && File.ReadAllText(path) is { Length: > 0 } known) return known;
            var settings = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows()) settings.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            using var file = new FileStream(path, settings);
            file.Write(System.Text.Encoding.ASCII.GetBytes(secret));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return secret;
        }
        return secret;
    }
}
