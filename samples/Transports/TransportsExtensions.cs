using Fonte.Samples.Pages;

namespace Fonte.Samples.Transports;

public static class TransportsExtensions
{
    private const int MostSession = 32;

    /// <summary>Adds the loop that publishes, and the meter. Needs <c>AddFonte</c>.</summary>
    public static IServiceCollection AddTransports(this IServiceCollection services)
    {
        services.AddSteadyPublisher();
        services.AddSingleton<TransportMeter>();
        services.AddSingleton<TransportsPublisher>();
        return services.AddHostedService(provider => provider.GetRequiredService<TransportsPublisher>());
    }

    /// <summary>Counts what the page's requests to the hub cost. Before the hub is mapped.</summary>
    public static IApplicationBuilder UseTransportMeter(this IApplicationBuilder app) =>
        app.UseWhen(context => context.Request.Query.ContainsKey("meter"), metered => metered.UseMiddleware<MeterMiddleware>());

    /// <summary>Maps the page <c>/transports/</c> and what it asks for; the ways themselves are the hub's.</summary>
    public static void MapTransports(this IEndpointRouteBuilder endpoints)
    {
        var transports = endpoints.MapGroup("/transports");
        transports.MapGet("/costs", Costs);
        transports.MapPost("/rate", Rate).RequireSameOrigin();
        endpoints.MapPages("/transports", typeof(TransportsExtensions).Assembly);
    }

    private static IResult Costs(string session, HttpContext context, TransportMeter meter, TransportsPublisher publisher, TimeProvider time)
    {
        context.Response.Headers.CacheControl = "no-store";
        if (session.Length is 0 or > MostSession || !session.All(char.IsAsciiLetterOrDigit)) return Results.Problem("Give a session of up to 32 letters and digits.", statusCode: StatusCodes.Status400BadRequest);
        if (meter.CostsOf(session) is not { } costs) return Results.Problem("Too many pages compare transports now; come back later.", statusCode: StatusCodes.Status503ServiceUnavailable);
        return Results.Json(new
        {
            rate = publisher.Rate,
            now = time.GetUtcNow().ToUnixTimeMilliseconds(),
            processor = Environment.CpuUsage.TotalTime.TotalMilliseconds,
            ways = costs.ToDictionary(way => way.Key, way => new { requests = way.Value.Requests, up = way.Value.Up, down = way.Value.Down }),
        });
    }

    private static IResult Rate(double perSecond, TransportsPublisher publisher)
    {
        if (perSecond is not (>= TransportsPublisher.SlowestRate and <= TransportsPublisher.FastestRate)) return Results.Problem("The rate is from 0.1 to 20 events a second.", statusCode: StatusCodes.Status400BadRequest);
        publisher.Rate = perSecond;
        return Results.NoContent();
    }
}
