using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace PgLocks.Hosting;

/// <summary>The health check <c>pglocks</c> of a host. It asks nobody: what it tells is known in the process.</summary>
internal sealed class PgLocksHealthCheck(HostedLockProvider provider) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(provider.Provider?.Instance.Health.ToResult() ?? HealthCheckResult.Unhealthy("PgLocks has not started."));
}
