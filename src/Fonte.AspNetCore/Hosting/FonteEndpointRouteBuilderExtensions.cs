using Fonte;
using Fonte.AspNetCore;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Maps the hub's endpoints.</summary>
public static class FonteEndpointRouteBuilderExtensions
{
    /// <summary>The hub's path, as the Mercure draft has it.</summary>
    public const string HubPath = EventRules.HubPath;

    /// <summary>Maps the event stream and publishing at <c>/.well-known/mercure</c>.</summary>
    /// <remarks>
    /// Unless <see cref="FonteHttpOptions.AnonymousSubscribe"/> is off, anyone may subscribe here to every public event, also to those that the
    /// application streams at guarded URLs of its own.
    /// </remarks>
    /// <returns>The endpoints, for authorization, CORS and rate limits by ASP.NET's own metadata.</returns>
    /// <exception cref="InvalidOperationException">The hub was not added.</exception>
    public static IEndpointConventionBuilder MapFonte(this IEndpointRouteBuilder endpoints) => MapFonte(endpoints, HubPath);

    /// <summary>Maps the same at another path, such as <c>/hub</c>: the topics that are the hub's own are then this path and what lies below.</summary>
    /// <param name="endpoints">The application, and not a group of routes: the path is the whole.</param>
    /// <param name="path">One or more segments, without a slash at the end.</param>
    /// <returns>The endpoints, for authorization, CORS and rate limits by ASP.NET's own metadata.</returns>
    /// <exception cref="ArgumentException">It is no such path.</exception>
    /// <exception cref="InvalidOperationException">The hub was not added, or is mapped already.</exception>
    public static IEndpointConventionBuilder MapFonte(this IEndpointRouteBuilder endpoints, string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (endpoints is RouteGroupBuilder) throw new ArgumentException("The hub is mapped at the application, not in a group of routes, of which it would not know the prefix; give the whole path instead.", nameof(endpoints));
        RequireFonte(endpoints, nameof(MapFonte));
        var services = endpoints.ServiceProvider;
        // Given what it needs once: to look it up in each request makes a scope of services for each.
        var (host, options) = (services.GetRequiredService<FonteHost>(), services.GetRequiredService<IOptions<FonteHttpOptions>>());
        host.MapAt(path);
        var authorization = services.GetRequiredService<HubAuthorization>();
        var origins = new PublicOrigins(options.Value.PublicUrls);
        var metadata = origins.Guard(new ResourceMetadata(authorization, options).HandleAsync);
        foreach (var known in new[] { path, options.Value.Resource is { } resource ? new Uri(resource).AbsolutePath : path }.Distinct())
            endpoints.MapGet(ResourceMetadata.PathPrefix + known, metadata).WithDisplayName("Fonte resource metadata");
        var hub = endpoints.MapGroup(path);
        var streams = new EventStreamEndpoint(host, authorization, services.GetRequiredService<StreamAdmission>(), options);
        hub.MapGet("", origins.Guard(streams.HandleAsync)).WithDisplayName("Fonte event stream");
        hub.MapMethods("", ["QUERY"], origins.Guard(streams.HandleQueryAsync)).WithDisplayName("Fonte event stream by QUERY");
        hub.MapGet("/subscriptions/{**path}", origins.Guard(new SubscriptionsEndpoint(host, authorization).HandleAsync)).WithDisplayName("Fonte subscriptions");
        var control = new StreamControlEndpoints(host, services.GetRequiredService<StreamControl>(), authorization, options);
        hub.MapPost("/kicks", origins.Guard(control.KickAsync)).WithDisplayName("Fonte kicks");
        hub.MapPost("/revocations", origins.Guard(control.RevokeAsync)).WithDisplayName("Fonte revocations");
        hub.MapPost("", origins.Guard(new PublishEndpoint(host, authorization, services.GetRequiredService<PublishAdmission>(), options).HandleAsync)).WithDisplayName("Fonte publish");
        return hub;
    }

    /// <summary>Maps the same events for polls (<c>wait=0</c>) and long polls, as JSON: the parameters are those of an event stream.</summary>
    /// <param name="endpoints">The application.</param>
    /// <param name="path">Where.</param>
    /// <exception cref="InvalidOperationException">The hub was not added.</exception>
    public static IEndpointConventionBuilder MapFontePoll(this IEndpointRouteBuilder endpoints, string path = "/fonte/poll")
    {
        RequireFonte(endpoints, nameof(MapFontePoll));
        var services = endpoints.ServiceProvider;
        var options = services.GetRequiredService<IOptions<FonteHttpOptions>>().Value;
        var poll = new PollEndpoint(services.GetRequiredService<FonteHost>(), services.GetRequiredService<HubAuthorization>(), services.GetRequiredService<StreamAdmission>(), options);
        return endpoints.MapGet(path, new PublicOrigins(options.PublicUrls).Guard(poll.HandleAsync)).WithDisplayName("Fonte poll");
    }

    /// <summary>Maps the same events over a WebSocket (RFC 6455; over HTTP/2, RFC 8441), which may publish too and change what it is subscribed to.</summary>
    /// <param name="endpoints">The application.</param>
    /// <param name="path">Where.</param>
    /// <remarks>Pages of the hub's own origin and of <see cref="FonteHttpOptions.CookieOrigins"/> may open one; CORS does not guard WebSockets.</remarks>
    /// <exception cref="InvalidOperationException">The hub was not added.</exception>
    public static IEndpointConventionBuilder MapFonteSocket(this IEndpointRouteBuilder endpoints, string path = "/fonte/socket")
    {
        RequireFonte(endpoints, nameof(MapFonteSocket));
        var services = endpoints.ServiceProvider;
        var options = services.GetRequiredService<IOptions<FonteHttpOptions>>().Value;
        var socket = ActivatorUtilities.CreateInstance<SocketEndpoint>(services);
        var pipeline = endpoints.CreateApplicationBuilder();
        // The hub's own heartbeats keep it alive.
        pipeline.UseWebSockets(new() { KeepAliveInterval = Timeout.InfiniteTimeSpan });
        pipeline.Run(new PublicOrigins(options.PublicUrls).Guard(socket.HandleAsync));
        return endpoints.MapMethods(path, ["GET", "CONNECT"], pipeline.Build()).WithDisplayName("Fonte WebSocket");
    }

    /// <summary>Maps <c>/healthz</c> (the process answers) and <c>/readyz</c> (the hub can do its work, and every other health check holds).</summary>
    /// <exception cref="InvalidOperationException">The hub was not added.</exception>
    public static IEndpointConventionBuilder MapFonteHealthChecks(this IEndpointRouteBuilder endpoints)
    {
        RequireFonte(endpoints, nameof(MapFonteHealthChecks));
        var health = endpoints.MapGroup("");
        health.MapHealthChecks("/healthz", new HealthCheckOptions { Predicate = _ => false });
        health.MapHealthChecks("/readyz");
        return health;
    }

    /// <summary>Maps <c>/fonte/fonte.js</c>, the module with which pages subscribe: <c>import { FonteSource } from '/fonte/fonte.js'</c>.</summary>
    /// <remarks>It needs no hub in the same application.</remarks>
    /// <returns>The endpoint, for CORS and the like by ASP.NET's own metadata.</returns>
    public static IEndpointConventionBuilder MapFonteScript(this IEndpointRouteBuilder endpoints)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        return endpoints.MapMethods(FonteScript.Path, ["GET", "HEAD"], new FonteScript().ServeAsync).WithDisplayName("Fonte script");
    }

    private static void RequireFonte(IEndpointRouteBuilder endpoints, string method)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        if (endpoints.ServiceProvider.GetService<FonteHost>() is null)
            throw new InvalidOperationException($"{method}() needs the hub: call builder.Services.AddFonte() first.");
    }
}
