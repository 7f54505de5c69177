using System.Diagnostics.Metrics;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace PgLocks.Hosting;

/// <summary>Starts the provider before the host's other services, drains it after them.</summary>
internal sealed class PgLocksService(HostedLockProvider provider, IOptions<PgLocksOptions> options, ILoggerFactory logs, TimeProvider time, IMeterFactory? meters = null) : IHostedLifecycleService
{
    public async Task StartingAsync(CancellationToken cancellationToken) =>
        provider.Provider = await PgLockProvider.StartAsync(options.Value, logs, time, meters, cancellationToken).ConfigureAwait(false);

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StoppedAsync(CancellationToken cancellationToken)
    {
        if (provider.Provider is not { } started)
            return;
        try
        {
            await started.DrainAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The host's shutdown time is over: leases still held are lost with the sessions.
        }
        await started.DisposeAsync().ConfigureAwait(false);
    }
}
