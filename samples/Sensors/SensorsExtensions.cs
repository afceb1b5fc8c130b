using Fonte.AspNetCore;
using Fonte.Samples.Pages;

namespace Fonte.Samples.Sensors;

public static class SensorsExtensions
{
    private static readonly TimeSpan History = TimeSpan.FromMinutes(10);

    /// <summary>Adds the machines. Needs <c>AddFonte</c>.</summary>
    public static IServiceCollection AddSensors(this IServiceCollection services)
    {
        services.AddSteadyPublisher();
        services.AddOptions<SensorsOptions>()
            .BindConfiguration(SensorsOptions.Section)
            .Validate(options => options.Interval >= SensorsOptions.Shortest && options.Interval <= SensorsOptions.Longest, "Sensors:Interval must be from 00:00:00.1 to 01:00:00.")
            .ValidateOnStart();
        services.AddSingleton<SensorsPublisher>();
        return services.AddHostedService(provider => provider.GetRequiredService<SensorsPublisher>());
    }

    /// <summary>Maps the event stream <c>/sensors/stream</c>, what changes the interval or silences a machine, and the page <c>/sensors/</c>.</summary>
    public static void MapSensors(this IEndpointRouteBuilder endpoints)
    {
        var sensors = endpoints.MapGroup("/sensors");
        sensors.MapGet("/stream", (HttpContext context, SensorsPublisher machines, TimeProvider time) =>
        {
            context.Request.BeginEarlier(time, History);
            return FonteResults.EventStream([.. machines.Machines.Select(machine => machine.Topic)]);
        });
        sensors.MapPost("/interval", Interval).RequireSameOrigin();
        sensors.MapPost("/{name}/silence", (string name, SensorsPublisher machines) => Silence(name, machines, true)).RequireSameOrigin();
        sensors.MapPost("/{name}/wake", (string name, SensorsPublisher machines) => Silence(name, machines, false)).RequireSameOrigin();
        endpoints.MapPages("/sensors", typeof(SensorsExtensions).Assembly);
    }

    private static IResult Interval(double seconds, SensorsPublisher machines)
    {
        if (!(seconds >= SensorsOptions.Shortest.TotalSeconds && seconds <= SensorsOptions.Longest.TotalSeconds)) return Results.Problem("The interval is from 0.1 to 3600 seconds.", statusCode: StatusCodes.Status400BadRequest);
        machines.Interval = TimeSpan.FromSeconds(seconds);
        return Results.NoContent();
    }

    private static IResult Silence(string name, SensorsPublisher machines, bool isSilent)
    {
        if (machines.Machines.FirstOrDefault(machine => machine.Name == name) is not { } machine) return Results.Problem("There is no such machine.", statusCode: StatusCodes.Status404NotFound);
        machine.IsSilent = isSilent;
        return Results.NoContent();
    }
}
