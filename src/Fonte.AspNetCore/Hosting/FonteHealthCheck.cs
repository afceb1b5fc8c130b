using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Fonte.AspNetCore;

/// <summary>Ready while the log takes appends and every loop runs.</summary>
internal sealed class FonteHealthCheck(FonteHost host) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        if (host.HubIfReady is not { } hub) return Task.FromResult(HealthCheckResult.Unhealthy(host.WhyNotReady));
        var faults = hub.Faults;
        return Task.FromResult(faults.Count == 0 ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy(string.Join(' ', faults)));
    }
}
