using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using PgLocks.TestKit;

namespace PgLocks.IntegrationTests.Hosting;

public sealed class HostingTests(PostgresServer server)
{
    [Fact]
    public async Task AddPgLocks_OptionsFromConfiguration_StartsBeforeAndDrainsAfterOtherServices()
    {
        await using TestDatabase database = await server.CreateDatabaseAsync();
        using IHost host = Build(database.ConnectionString, services => services.AddHostedService<Processor>());

        await host.StartAsync(TestContext.Current.CancellationToken);
        Processor processor = host.Services.GetServices<IHostedService>().OfType<Processor>().Single();
        LockLease lease = await processor.Acquired.WaitAsync(TestContext.Current.CancellationToken);
        await host.StopAsync(TestContext.Current.CancellationToken);

        Assert.True(lease.FencingToken > 0);
        Assert.True(await database.ScalarAsync<bool>("SELECT sum(acquired) = 1 AND sum(lost) = 0 FROM pglocks.lock_stats"));
        Assert.Equal(0, await database.ScalarAsync<long>("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"));
        Assert.Equal("from-config", await database.ScalarAsync<string>("SELECT application FROM pglocks.instances WHERE closed_at IS NOT NULL"));
    }

    [Fact]
    public async Task Start_BadOption_IsRefusedWithItsName()
    {
        using IHost host = Build("Host=localhost", services => services.AddPgLocks(options => options.MaxWaitSessions = 0));

        var refused = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync(TestContext.Current.CancellationToken));

        Assert.Contains("MaxWaitSessions is 1 to 256, but was 0.", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Provider_BeforeTheHostHasStarted_SaysSo()
    {
        using IHost host = Build("Host=localhost");

        var refused = Assert.Throws<InvalidOperationException>(() => host.Services.GetRequiredService<ILockProvider>().GetLock("a", "b"));

        Assert.Contains("after the host has started", refused.Message, StringComparison.Ordinal);
    }

    private static IHost Build(string connectionString, Action<IServiceCollection>? configure = null)
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration["PgLocks:ConnectionString"] = connectionString;
        builder.Configuration["PgLocks:ApplicationName"] = "from-config";
        builder.Services.AddPgLocks();
        configure?.Invoke(builder.Services);
        return builder.Build();
    }

    /// <summary>Holds a key until it is stopped.</summary>
    private sealed class Processor(ILockProvider locks) : BackgroundService
    {
        private readonly TaskCompletionSource<LockLease> _acquired = new(TaskCreationOptions.RunContinuationsAsynchronously);

        internal Task<LockLease> Acquired => _acquired.Task;

        protected override async Task ExecuteAsync(CancellationToken stoppingToken)
        {
            await using LockLease lease = await locks.AcquireAsync(new PositionKey("5GhC", "EURUSD"), cancellationToken: stoppingToken);
            _acquired.SetResult(lease);
            var stopped = new TaskCompletionSource();
            await using CancellationTokenRegistration registration = stoppingToken.Register(stopped.SetResult);
            await stopped.Task;
        }
    }
}
