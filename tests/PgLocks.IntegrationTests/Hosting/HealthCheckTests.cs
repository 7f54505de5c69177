using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Npgsql;
using PgLocks.AdminTool.Demo;
using PgLocks.Migrations;
using PgLocks.TestKit;

namespace PgLocks.IntegrationTests.Hosting;

/// <summary>On a server of its own, which is started lately, stopped and started again.</summary>
public sealed class HealthCheckTests : IAsyncLifetime
{
    private LocalServer _server = null!;
    private IHost _host = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await LocalServer.StartAsync(TestServerOptions.ForBinariesFound());
        await new SchemaMigrator(_server.ConnectionString).MigrateUpAsync();
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddPgLocks(options =>
        {
            options.ConnectionString = _server.ConnectionString;
            options.HeartbeatInterval = TimeSpan.FromMilliseconds(100);
            options.TelemetryInterval = TimeSpan.FromMilliseconds(100);
            options.LeaseDuration = TimeSpan.FromMilliseconds(600);
            options.ServerLeaseDuration = TimeSpan.FromMilliseconds(1200);
            options.LockDelay = TimeSpan.FromSeconds(5);
        });
        _host = builder.Build();
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync(TestContext.Current.CancellationToken);
        _host.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task CheckHealth_ServerStartedLatelyStoppedAndStartedAgain_TellsEach()
    {
        Assert.Equal((HealthStatus.Unhealthy, "PgLocks has not started."), Of(await CheckAsync()));
        await _host.StartAsync(TestContext.Current.CancellationToken);

        await UntilAsync(HealthStatus.Degraded, "The server was started lately: slots that are gained now wait the lock delay of 5 s.");
        HealthReportEntry well = await UntilAsync(HealthStatus.Healthy, "Space 'default': 0 slots owned, 0 keys known.");
        Assert.Equal("default", well.Data["space"]);
        Assert.InRange((double)well.Data["heartbeat_age_s"], 0, 0.6);

        await _server.KillAsync();
        HealthReportEntry stopped = await UntilAsync(HealthStatus.Unhealthy, "Slots cannot be gained: ");
        Assert.False(stopped.Data.ContainsKey("heartbeat_age_s"));
        await _server.StartAgainAsync();
        await UntilAsync(HealthStatus.Degraded, "The server was started lately");
        await UntilAsync(HealthStatus.Healthy, "Space 'default'");
    }

    [Fact]
    public async Task CheckHealth_TablesAway_IsDegradedAndSaysWhich()
    {
        await _host.StartAsync(TestContext.Current.CancellationToken);
        await using var source = NpgsqlDataSource.Create(_server.ConnectionString);

        await using (var rename = source.CreateCommand("ALTER TABLE pglocks.held_locks RENAME TO away; ALTER TABLE pglocks.registry_changes RENAME TO gone"))
            await rename.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);

        await UntilAsync(HealthStatus.Degraded, "Telemetry could not be written");
        await UntilAsync(HealthStatus.Degraded, "The registry could not be read");
    }

    private static (HealthStatus, string?) Of(HealthReportEntry entry) => (entry.Status, entry.Description);

    private async Task<HealthReportEntry> CheckAsync() =>
        (await _host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(TestContext.Current.CancellationToken)).Entries["pglocks"];

    private async Task<HealthReportEntry> UntilAsync(HealthStatus status, string description)
    {
        HealthReportEntry last = default;
        await Eventually.ThatAsync(
            async () =>
            {
                last = await CheckAsync();
                return last.Status == status && last.Description!.Contains(description, StringComparison.Ordinal);
            },
            because: $"it is {status}: {description}");
        return last;
    }
}
