using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using PgLocks.TestKit;
using PgLocks.TestKit.Network;

namespace PgLocks.IntegrationTests.Fuzz;

/// <summary>A host with PgLocks in it, from its start to its end, through all that can go wrong between.</summary>
internal sealed class HostLife : IAsyncDisposable
{
    private const int HomeLost = 3;
    private const int ListenerLost = 4;
    private const int TelemetryFailed = 5;
    private const int RegistryUnread = 10;

    private readonly TestDatabase _database;
    private readonly RolePassword _role;
    private readonly string _password;
    private readonly Overheard _heard;
    private readonly TcpProxy _proxy;
    private readonly IHost _host;

    public HostLife(TestDatabase database, RolePassword role, string connectionString, Overheard heard)
    {
        (_database, _role, _heard) = (database, role, heard);
        _password = new NpgsqlConnectionStringBuilder(connectionString).Password!;
        _proxy = TcpProxy.Start(connectionString);
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Logging.SetMinimumLevel(LogLevel.Trace).AddProvider(heard);
        builder.Services.AddPgLocks(options =>
        {
            options.ConnectionString = _proxy.Through(connectionString);
            options.HeartbeatInterval = TimeSpan.FromMilliseconds(100);
            options.TelemetryInterval = TimeSpan.FromMilliseconds(100);
            options.UnfencedDelay = false;
            options.TraceHotkeys = true;
        });
        _host = builder.Build();
    }

    private ILockProvider Locks => _host.Services.GetRequiredService<ILockProvider>();

    public async Task LiveAsync(PositionKey key, Ending ending)
    {
        await _host.StartAsync();
        var lease = await Locks.AcquireAsync(key);
        await CheckAsync(HealthStatus.Healthy);
        await RefusedAsync(async () => await Locks.AcquireAsync(key, TimeSpan.FromMilliseconds(1)));
        await LoseTablesAsync();

        await _role.SetAsync("another");
        await TerminateAsync();
        await Eventually.ThatAsync(() => lease.LostToken.IsCancellationRequested && _heard.HasLogged(HomeLost) && _heard.HasLogged(ListenerLost), because: "the loss is noticed");
        await CheckAsync(HealthStatus.Unhealthy);
        await RefusedAsync(() => FenceAsync(lease));
        lease.Dispose();
        await RefusedAsync(async () => await Locks.AcquireAsync(key, TimeSpan.FromMilliseconds(20)));

        await EndAsync(ending);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
        await _proxy.DisposeAsync();
    }

    private async Task LoseTablesAsync()
    {
        await _database.ExecuteAsync("ALTER TABLE pglocks.held_locks RENAME TO away; ALTER TABLE pglocks.registry_changes RENAME TO gone");
        await Eventually.ThatAsync(() => _heard.HasLogged(TelemetryFailed) && _heard.HasLogged(RegistryUnread), because: "the tables are missed");
        await CheckAsync(HealthStatus.Degraded);
        await _database.ExecuteAsync("ALTER TABLE pglocks.away RENAME TO held_locks; ALTER TABLE pglocks.gone RENAME TO registry_changes");
    }

    private async Task EndAsync(Ending ending)
    {
        if (ending is Ending.Well or Ending.Spoilt)
            await _role.SetAsync(_password);
        if (ending == Ending.Well)
            await CheckAsync(HealthStatus.Healthy);
        if (ending == Ending.Spoilt)
            await LoseSpacesAsync();
        if (ending == Ending.Gone)
        {
            _proxy.Redirect("Host=127.0.0.1;Port=1");
            _proxy.Reset();
        }
        await _host.StopAsync();
        _heard.Observe();
    }

    /// <summary>The driver's message of this has several lines.</summary>
    private async Task LoseSpacesAsync()
    {
        await CheckAsync(HealthStatus.Healthy);
        await _database.ExecuteAsync("ALTER TABLE pglocks.spaces RENAME TO nowhere");
        await TerminateAsync();
        await CheckAsync(HealthStatus.Unhealthy, "\"pglocks.spaces\" does not exist");
        await RefusedAsync(async () => await Locks.AcquireAsync(new PositionKey("a", "b"), TimeSpan.FromMilliseconds(20)));
        await _database.ExecuteAsync("ALTER TABLE pglocks.nowhere RENAME TO spaces");
    }

    private Task<int> TerminateAsync() => _database.ExecuteAsync("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = $1", _role.Name);

    private async Task FenceAsync(LockLease lease)
    {
        await using var connection = await _database.OpenAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await lease.FenceAsync(transaction);
    }

    private async Task RefusedAsync(Func<Task> work)
    {
        var refused = await Assert.ThrowsAnyAsync<Exception>(work);
        Assert.True(refused is PgLockException or LockTimeoutException, refused.ToString());
        _heard.Refusal(refused);
    }

    private async Task CheckAsync(HealthStatus wanted, string because = "") => await Eventually.ThatAsync(
        async () =>
        {
            _heard.Observe();
            var report = (await _host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync()).Entries["pglocks"];
            _heard.Line(report.Description!);
            foreach (var (name, value) in report.Data)
                _heard.Line($"{name}={value}");
            return report.Status == wanted && report.Description!.Contains(because, StringComparison.Ordinal);
        },
        because: $"it is {wanted}: {because}");
}
