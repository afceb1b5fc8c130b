using Fonte.AspNetCore;
using Fonte.Samples.Pages;

namespace Fonte.Samples.Activity;

public static class ActivityExtensions
{
    /// <summary>The topic of the feed; others may publish to it too.</summary>
    public const string Topic = "activity";

    private static readonly TimeSpan History = TimeSpan.FromMinutes(10);

    /// <summary>Adds the invented company. Needs <c>AddFonte</c>.</summary>
    public static IServiceCollection AddActivity(this IServiceCollection services)
    {
        services.AddSteadyPublisher();
        services.AddOptions<ActivityOptions>()
            .BindConfiguration(ActivityOptions.Section)
            .Validate(options => options.Interval >= ActivityOptions.Shortest && options.Interval <= ActivityOptions.Longest, "Activity:Interval must be from 00:00:00.01 to 01:00:00.")
            .ValidateOnStart();
        return services.AddHostedService<ActivityPublisher>();
    }

    /// <summary>Maps the event stream <c>/activity/stream</c> and the page <c>/activity/</c>.</summary>
    public static void MapActivity(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/activity/stream", (HttpContext context, TimeProvider time) =>
        {
            context.Request.BeginEarlier(time, History);
            return FonteResults.EventStream(Topic);
        });
        endpoints.MapPages("/activity", typeof(ActivityExtensions).Assembly);
    }
}
