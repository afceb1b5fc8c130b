using Microsoft.AspNetCore.Cors.Infrastructure;

namespace Fonte.Server;

/// <summary>Which pages of other origins may use the hub (Fetch standard; Mercure draft -08, "Subscription").</summary>
internal static class HubCors
{
    internal static void Apply(CorsPolicyBuilder policy, ServeOptions options)
    {
        policy.AllowAnyHeader().WithMethods("GET", "POST", "QUERY").WithExposedHeaders("Link", "Mercure-Last-Event-ID", "Last-Event-ID", "Idempotent-Replayed");
        if (options.Origins.Length > 0) policy.WithOrigins(options.Origins).AllowCredentials();
        // Never with credentials: any site could then read what its visitor may read (CWE-942).
        else if (options.Dev) policy.AllowAnyOrigin();
    }
}
