using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Fonte.Samples.Pages;

public static class SteadyPublisherExtensions
{
    /// <summary>Adds the clock that samples go by, unless there is one, and what publishes for them. Needs <c>AddFonte</c>.</summary>
    public static IServiceCollection AddSteadyPublisher(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<SteadyPublisher>();
        return services;
    }
}
