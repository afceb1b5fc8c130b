using Fonte.AspNetCore;
using Fonte.Samples.Pages;

namespace Fonte.Samples.Lab;

public static class LabExtensions
{
    /// <summary>Adds the loops that publish the lab's events. Needs <c>AddFonte</c>.</summary>
    public static IServiceCollection AddLab(this IServiceCollection services)
    {
        services.AddSteadyPublisher();
        services.AddSingleton<LabLoops>();
        return services.AddHostedService(provider => provider.GetRequiredService<LabLoops>());
    }

    /// <summary>Maps the event streams <c>/eventos</c>, <c>/eventos/temperatura</c>, <c>/eventos/sensores</c> and the page <c>/lab/</c>.</summary>
    public static void MapLab(this IEndpointRouteBuilder endpoints)
    {
        foreach (var stream in LabStream.All)
            endpoints.MapGet(stream.Path, context => StreamAsync(context, stream));
        endpoints.MapPages("/lab", typeof(LabExtensions).Assembly);
    }

    private static async Task StreamAsync(HttpContext context, LabStream stream)
    {
        // Invented readings for any page, also one opened from disk, whose origin is 'null'; no credentials are involved.
        context.Response.Headers.AccessControlAllowOrigin = "*";
        if (!LabInterval.TryParse(context.Request.Query["intervalo"], out var interval))
        {
            await LabProblems.WrongInterval().ExecuteAsync(context);
            return;
        }

        using var lease = context.RequestServices.GetRequiredService<LabLoops>().Join(stream, interval);
        if (lease is null)
        {
            await FonteResults.TryAgainLater().ExecuteAsync(context);
            return;
        }

        // A stream knows where it begins before its first byte is sent: what is published from now on is in it.
        context.Response.OnStarting(() =>
        {
            lease.Begin();
            return Task.CompletedTask;
        });
        await FonteResults.EventStream(stream.Topic(interval)).ExecuteAsync(context);
    }
}
