using Fonte.AspNetCore;
using Fonte.Samples.Pages;

namespace Fonte.Samples.Clock;

public static class ClockExtensions
{
    /// <summary>Adds the loop that publishes the time. Needs <c>AddFonte</c>.</summary>
    public static IServiceCollection AddClock(this IServiceCollection services)
    {
        services.AddSteadyPublisher();
        return services.AddHostedService<ClockPublisher>();
    }

    /// <summary>Maps the event stream <c>/data</c> and the page <c>/clock/</c>.</summary>
    public static void MapClock(this IEndpointRouteBuilder endpoints)
    {
        // Who reconnects wants the time that it is, not the seconds that have passed: no resume.
        var stream = FonteResults.EventStream(new EventStreamOptions { Topics = [ClockPublisher.Topic], Resume = false });
        endpoints.MapGet("/data", context =>
        {
            // A page opened from disk has the origin 'null'. The time is public and needs no credentials, so any origin may read it.
            context.Response.Headers.AccessControlAllowOrigin = "*";
            return stream.ExecuteAsync(context);
        });
        endpoints.MapPages("/clock", typeof(ClockExtensions).Assembly);
    }
}
