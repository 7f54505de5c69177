using Npgsql;
using PgLocks.AdminTool.Demo;
using PgLocks.IntegrationTests.Locks;
using PgLocks.Migrations;
using PgLocks.TestKit;
using PgLocks.TestKit.Network;

namespace PgLocks.IntegrationTests.Faults;

/// <summary>A server that forgets its locks, and perhaps the last numbers of its sequences.</summary>
public sealed class ServerCrashTests : IAsyncLifetime
{
    private LocalServer _server = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await LocalServer.StartAsync(TestServerOptions.ForBinariesFound());
        await new SchemaMigrator(_server.ConnectionString).MigrateUpAsync();
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    [Trait("Pitfall", "1: the server frees locks before their owner can know")]
    public async Task Kill_ServerWithHoldersAndWaiters_LosesTheLeasesAndGoesOnWithHigherTokens()
    {
        await using var one = await StartAsync();
        await using var two = await StartAsync();
        var key = TestKeys.Key;
        var last = 0L;
        for (var i = 0; i < 20; i++)
        {
            await using var lease = await (i % 2 == 0 ? one : two).AcquireAsync(key, TimeSpan.FromSeconds(30));
            last = lease.FencingToken;
        }
        var held = await one.AcquireAsync(key, TimeSpan.FromSeconds(30));
        var wait = two.AcquireAsync(key, TimeSpan.FromSeconds(60)).AsTask();

        await _server.KillAsync();
        await Eventually.ThatAsync(() => held.LostToken.IsCancellationRequested, because: "the loss is noticed");
        held.Dispose();
        Assert.False(wait.IsCompleted);
        await _server.StartAgainAsync();

        await using (var next = await wait)
            Assert.True(next.FencingToken > held.FencingToken && held.FencingToken > last);
        await using var again = await one.AcquireAsync(key, TimeSpan.FromSeconds(60));
        Assert.True(again.FencingToken > held.FencingToken);
    }

    [Fact]
    public async Task Restart_HomeHasNotHeardOfIt_NothingIsGrantedInATransactionWithinTheLockDelay()
    {
        await using var proxy = TcpProxy.Start(_server.ConnectionString);
        await using var provider = await PgLockProvider.StartAsync(new PgLocksOptions
        {
            ConnectionString = proxy.Through(_server.ConnectionString),
            LeaseDuration = TimeSpan.FromSeconds(6),
            ServerLeaseDuration = TimeSpan.FromSeconds(10),
        });
        // Once the server is old enough.
        var held = await provider.AcquireAsync(TestKeys.Key, TimeSpan.FromSeconds(30));
        held.Dispose();

        proxy.Stall();
        await _server.RestartAsync(ShutdownMode.Immediate);
        await using var source = NpgsqlDataSource.Create(_server.ConnectionString);
        // As after a crash, whose numbers say nothing: these say that the last owner released. Another instance has adopted the server.
        await using (var even = source.CreateCommand($"SELECT setval('pglocks.slot_{LockTable.ClassId}_{held.Slot}', 1000), pglocks.adopt_server({LockTable.ClassId})"))
            await even.ExecuteScalarAsync();
        await using var connection = await source.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();

        await Assert.ThrowsAsync<LockTimeoutException>(() => provider.AcquireInTransactionAsync(transaction, TestKeys.Key, TimeSpan.FromSeconds(1)).AsTask());
        proxy.Cut();
        proxy.Resume();
    }

    [Fact]
    public async Task Stop_ServerGoneForGood_EndsEveryWaitAndDisposesSoon()
    {
        var provider = await StartAsync();
        (await provider.AcquireAsync(TestKeys.Key, TimeSpan.FromSeconds(30))).Dispose();

        await _server.KillAsync();

        var key = TestKeys.OfSlots(1)[0];
        var timeout = await Assert.ThrowsAsync<LockTimeoutException>(async () => await provider.AcquireAsync(key, TimeSpan.FromSeconds(1)));
        Assert.Contains("the server could not be asked", timeout.Message, StringComparison.Ordinal);
        var failed = await Assert.ThrowsAsync<PgLockException>(async () => await provider.TryAcquireAsync(key));
        Assert.True(failed.IsTransient);
        await provider.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task ResetStatistics_UnderALiveOwner_ItsDeathIsStillSeen()
    {
        await using var owner = await StartAsync();
        var held = await owner.AcquireAsync(TestKeys.Key, TimeSpan.FromSeconds(30));
        await using var source = NpgsqlDataSource.Create(_server.ConnectionString);

        await using (var reset = source.CreateCommand("SELECT pg_stat_reset_shared('wal')"))
            await reset.ExecuteNonQueryAsync();
        await using var other = await StartAsync();

        await using var number = source.CreateCommand($"SELECT last_value % 2 = 1 AND last_value > 1000000 FROM pglocks.slot_{LockTable.ClassId}_{held.Slot}");
        Assert.Equal(true, await number.ExecuteScalarAsync());
    }

    private ValueTask<PgLockProvider> StartAsync() => PgLockProvider.StartAsync(new PgLocksOptions
    {
        ConnectionString = _server.ConnectionString,
        HeartbeatInterval = TimeSpan.FromMilliseconds(100),
        LeaseDuration = TimeSpan.FromMilliseconds(600),
        ServerLeaseDuration = TimeSpan.FromMilliseconds(1200),
    });
}
