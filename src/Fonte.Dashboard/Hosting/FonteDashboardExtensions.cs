using Fonte.AspNetCore;
using Fonte.Dashboard;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Maps the operator's pages.</summary>
public static class FonteDashboardExtensions
{
    private static readonly string[] Reading = ["GET", "HEAD"];

    /// <summary>Maps the dashboard: live events, connections, the log, a form to publish and a tester of topic matchers.</summary>
    /// <remarks>
    /// The pages hold no data and are open; what they ask for is guarded as <paramref name="access"/> says. An application with an authorization of its own writes
    /// <c>app.MapFonteDashboard(access: DashboardAccess.EndpointAuthorization).RequireAuthorization("operators")</c>.
    /// </remarks>
    /// <param name="endpoints">The application.</param>
    /// <param name="path">Where; without a slash at the end.</param>
    /// <param name="access">Who may see through it: closed unless something opens it.</param>
    /// <returns>The endpoints, for authorization and rate limits by ASP.NET's own metadata.</returns>
    /// <exception cref="InvalidOperationException">The hub was not added.</exception>
    public static IEndpointConventionBuilder MapFonteDashboard(this IEndpointRouteBuilder endpoints, string path = "/dashboard", DashboardAccess access = DashboardAccess.HubToken)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        ArgumentNullException.ThrowIfNull(path);
        var services = endpoints.ServiceProvider;
        var host = services.GetService<FonteHost>() ?? throw new InvalidOperationException($"{nameof(MapFonteDashboard)}() needs the hub: call builder.Services.AddFonte() first.");
        var options = services.GetRequiredService<IOptions<FonteHttpOptions>>();
        var authorization = services.GetRequiredService<HubAuthorization>();
        var time = services.GetRequiredService<TimeProvider>();
        var guard = new DashboardGuard(authorization, options, access);
        var dashboard = endpoints.MapGroup(path);
        foreach (var file in PageFile.ReadAll(typeof(FonteDashboardExtensions).Assembly)) dashboard.MapMethods("/" + file.Route, Reading, file.ServeAsync).WithDisplayName("Fonte dashboard page");
        // The hub's module, at an address that does not depend on where the hub and its script are mapped.
        dashboard.MapMethods("/fonte.js", Reading, new FonteScript().ServeAsync).WithDisplayName("Fonte dashboard script");
        var api = dashboard.MapGroup("/api");
        var totals = host.Watch();
        api.MapGet("/state", guard.Reading(new StateEndpoint(host, totals, options, time).HandleAsync)).WithDisplayName("Fonte dashboard state");
        api.MapGet("/connections", guard.Reading(new ConnectionsEndpoint(host, totals).HandleAsync)).WithDisplayName("Fonte dashboard connections");
        var events = new EventsEndpoint(host, services.GetRequiredService<StreamLimits>(), time, options, access);
        api.MapGet("/events", guard.Reading(events.HandleAsync)).WithDisplayName("Fonte dashboard events");
        api.MapGet("/selection", guard.Reading(events.CheckAsync)).WithDisplayName("Fonte dashboard selection");
        api.MapGet("/event", guard.Reading(new EventEndpoint(host).HandleAsync)).WithDisplayName("Fonte dashboard event");
        api.MapGet("/match", guard.Reading(new MatchEndpoint(host, options).HandleAsync)).WithDisplayName("Fonte dashboard match");
        api.MapPost("/publish", guard.Acting(new PublishFormEndpoint(host, authorization, options).HandleAsync)).WithDisplayName("Fonte dashboard publish");
        return dashboard;
    }
}
