using Npgsql;
using PgLocks.AdminTool.Demo;
using PgLocks.IntegrationTests.Schema;
using PgLocks.Migrations;
using PgLocks.TestKit;

namespace PgLocks.IntegrationTests.Faults;

/// <summary>What a server with a clock that jumps tells of itself.</summary>
public sealed class ClockTests
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    [Fact]
    public async Task AdoptServer_CrashWhileTheClockIsBack_MovesTheSlots()
    {
        await using var server = await ClockedServer.StartAsync();
        await server.RestartAsync(); // or the start would not be the last thing that the server remembers
        await using (var before = await server.OpenAsync())
            await before.ScalarAsync<bool>("SELECT pglocks.adopt_server(1346849792)");
        server.Clock.Set(-Hour);
        await server.CrashAsync();

        await using var session = await server.OpenAsync();

        Assert.True(await session.ScalarAsync<bool>("SELECT pglocks.adopt_server(1346849792)"));
        Assert.False(await session.ScalarAsync<bool>("SELECT pglocks.adopt_server(1346849792)"));
    }

    [Fact]
    public async Task Health_StartedWhileTheClockIsBack_LockDelayEnds()
    {
        await using var server = await ClockedServer.StartAsync();
        server.Clock.Set(-Hour);

        await using var provider = await PgLockProvider.StartAsync(server.ConnectionString);

        await Eventually.ThatAsync(() => provider.Instance.Health.LockDelay is null, because: "no server is young for an hour");
    }

    [Fact]
    public async Task XactLock_ClockIsBack_WaitsForTheLockDelayAtMost()
    {
        await using var server = await ClockedServer.StartAsync();
        server.Clock.Set(-Hour);
        await using var session = await server.OpenAsync();
        await session.ExecuteAsync("SET statement_timeout = '30s'");

        Assert.True(await session.ScalarAsync<bool>("SELECT pglocks.try_xact_lock('miner', 'BTCUSD')"));
    }

    private sealed class ClockedServer(WallClock clock, LocalServer server) : IAsyncDisposable
    {
        public WallClock Clock => clock;

        public string ConnectionString { get; } = new NpgsqlConnectionStringBuilder(server.ConnectionString) { Pooling = false }.ConnectionString;

        public static async Task<ClockedServer> StartAsync()
        {
            var clock = new WallClock();
            try
            {
                var server = await LocalServer.StartAsync(TestServerOptions.ForBinariesFound() with { Environment = clock.Environment }, TestContext.Current.CancellationToken);
                await new SchemaMigrator(server.ConnectionString).MigrateUpAsync(cancellationToken: TestContext.Current.CancellationToken);
                return new ClockedServer(clock, server);
            }
            catch
            {
                clock.Dispose();
                throw;
            }
        }

        public async Task<NpgsqlConnection> OpenAsync()
        {
            var connection = new NpgsqlConnection(ConnectionString);
            await connection.OpenAsync(TestContext.Current.CancellationToken);
            return connection;
        }

        public Task RestartAsync() => server.RestartAsync(cancellationToken: TestContext.Current.CancellationToken);

        public Task CrashAsync() => Server.CrashAsync(ConnectionString);

        public async ValueTask DisposeAsync()
        {
            await server.DisposeAsync();
            clock.Dispose();
        }
    }
}
