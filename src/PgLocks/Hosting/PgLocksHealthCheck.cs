using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace PgLocks.Hosting;

/// <summary>Healthy: slots can be gained. Degraded: they can, but telemetry is not being written. Unhealthy: they cannot.</summary>
internal sealed class PgLocksHealthCheck(HostedLockProvider provider) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) => Task.FromResult(
        provider.Provider is not { Instance: var instance } ? HealthCheckResult.Unhealthy("PgLocks has not started.")
        : instance.Problem is { } problem ? HealthCheckResult.Unhealthy($"Slots cannot be gained: {problem}")
        : !instance.IsTelemetryHealthy ? HealthCheckResult.Degraded("Telemetry could not be written; it is kept for the next interval.")
        : HealthCheckResult.Healthy($"Space '{instance.Space.Name}', {instance.Keys.Count} keys known."));
}
