using Npgsql;
using PgLocks.AdminTool.Demo;
using PgLocks.IntegrationTests.Locks;
using PgLocks.Migrations;
using PgLocks.TestKit;

namespace PgLocks.IntegrationTests.Startup;

/// <summary>Where locks would exclude nobody, PgLocks does not start.</summary>
public sealed class PoolerAndStandbyTests(PostgresServer server)
{
    [Theory]
    [InlineData(PoolMode.Transaction)]
    [InlineData(PoolMode.Session)]
    [Trait("Pitfall", "2: a transaction pooler gives two clients one lock")]
    public async Task StartAsync_ThroughAPooler_IsRefused(PoolMode mode)
    {
        await using var database = await server.CreateDatabaseAsync();
        await using var pooler = await PgBouncerServer.StartAsync(await server.GetConnectionStringAsync(), mode);

        var refused = await Assert.ThrowsAsync<PgLocksConfigurationException>(async () => await PgLockProvider.StartAsync(pooler.Through(database.ConnectionString)));

        Assert.Contains("A pooler stands between", refused.Message, StringComparison.Ordinal);
        Assert.Contains("Connect directly, or set AllowSessionPooler", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Pitfall", "2: a transaction pooler gives two clients one lock")]
    public async Task StartAsync_ThroughAnAllowedSessionPooler_Locks()
    {
        await using var database = await server.CreateDatabaseAsync();
        await using var pooler = await PgBouncerServer.StartAsync(await server.GetConnectionStringAsync(), PoolMode.Session);
        await using var direct = await database.StartProviderAsync();
        await using var pooled = await database.StartProviderAsync(options =>
        {
            options.ConnectionString = pooler.Through(database.ConnectionString);
            options.AllowSessionPooler = true;
        });

        await using var lease = await pooled.AcquireAsync(TestKeys.Key);

        Assert.Null(await direct.TryAcquireAsync(TestKeys.Key, TimeSpan.FromMilliseconds(100)));
    }

    [Fact]
    public async Task StartAsync_ThroughASessionPoolerThatHasNoConnectionForLongerThanALease_Starts()
    {
        const int all = 10;
        await using var database = await server.CreateDatabaseAsync();
        await using var pooler = await PgBouncerServer.StartAsync(await server.GetConnectionStringAsync(), PoolMode.Session, all);
        var options = new PgLocksOptions
        {
            ConnectionString = pooler.Through(database.ConnectionString),
            AllowSessionPooler = true,
            HeartbeatInterval = TimeSpan.FromMilliseconds(100),
            LeaseDuration = TimeSpan.FromSeconds(1),
        };
        // The driver's first connection reads the server's types while it opens, and that may take long.
        await (await PgLockProvider.StartAsync(options)).DisposeAsync();
        NpgsqlConnection[] others = [.. await Task.WhenAll(Enumerable.Range(0, all).Select(_ => OccupyAsync(options.ConnectionString)))];

        var start = Task.Run(() => PgLockProvider.StartAsync(options).AsTask());
        await Task.WhenAny(start, Task.Delay(TimeSpan.FromSeconds(2.5), TimeProvider.System));
        await Task.WhenAll(others.Select(other => other.DisposeAsync().AsTask()));

        await using var provider = await start;
        await using var lease = await provider.AcquireAsync(TestKeys.Key, TimeSpan.FromSeconds(30));
    }

    [Fact]
    [Trait("Pitfall", "2: a transaction pooler gives two clients one lock")]
    public async Task StartAsync_ThroughATransactionPoolerThatIsAllowed_IsRefused()
    {
        await using var database = await server.CreateDatabaseAsync();
        await using var pooler = await PgBouncerServer.StartAsync(await server.GetConnectionStringAsync(), PoolMode.Transaction);

        var refused = await Assert.ThrowsAsync<PgLocksConfigurationException>(() => database.StartProviderAsync(options =>
        {
            options.ConnectionString = pooler.Through(database.ConnectionString);
            options.AllowSessionPooler = true;
        }));

        Assert.Contains("is in transaction mode", refused.Message, StringComparison.Ordinal);
        Assert.Contains("connect directly, or set pool_mode = session", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Pitfall", "3: locks are per database, and not replicated")]
    public async Task StartAsync_OnAStandby_IsRefused()
    {
        await using var primary = await LocalServer.StartAsync(TestServerOptions.ForBinariesFound());
        await new SchemaMigrator(primary.ConnectionString).MigrateUpAsync();
        await using var standby = await StandbyServer.StartAsync(primary);
        await standby.CatchUpAsync();

        var refused = await Assert.ThrowsAsync<PgLocksConfigurationException>(async () => await PgLockProvider.StartAsync(standby.ConnectionString));

        Assert.Contains("is a standby: locks there exclude nobody. Connect to the primary", refused.Message, StringComparison.Ordinal);
    }

    /// <summary>A connection of the pooler's to the server, which nobody else gets until it is closed.</summary>
    private static async Task<NpgsqlConnection> OccupyAsync(string connectionString)
    {
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand("SELECT 1", connection);
        await command.ExecuteNonQueryAsync();
        return connection;
    }
}
