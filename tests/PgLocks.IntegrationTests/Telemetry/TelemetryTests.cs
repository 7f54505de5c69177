using PgLocks.Telemetry;
using PgLocks.TestKit;

namespace PgLocks.IntegrationTests.Telemetry;

public sealed class TelemetryTests(PostgresServer server)
{
    private const string Hotkey = "5GhCxfBcA7Ur5iiAS343xwvrYHTUfBjBi4JimiL5LhujRT9t";

    [Fact]
    public async Task Dispose_AfterAcquisitions_HasWrittenEachOnceWithItsHistograms()
    {
        await using TestDatabase database = await server.CreateDatabaseAsync();
        await using (PgLockProvider provider = await StartAsync(database))
        {
            for (int i = 0; i < 300; i++)
                await using (await provider.AcquireAsync(new PositionKey(Hotkey, $"PAIR{i % 3}"), cancellationToken: TestContext.Current.CancellationToken))
                {
                }
        }

        Assert.Equal([100L, 100L, 100L], await database.ColumnAsync<long>("SELECT acquired FROM pglocks.key_stats"));
        Assert.Equal(300, await database.ScalarAsync<long>("SELECT sum(c)::int8 FROM pglocks.lock_stats, unnest(hold_counts) AS c"));
        Assert.Equal(300, await database.ScalarAsync<long>("SELECT sum(c)::int8 FROM pglocks.lock_stats, unnest(wait_counts) AS c"));
        Assert.True(await database.ScalarAsync<bool>("SELECT recorded = 300 AND dropped = 0 AND closed_at IS NOT NULL FROM pglocks.instances"));
    }

    [Fact]
    public async Task Flush_NewKeys_RegistersMinersPairsAndKeysWithTheSlotThatSqlComputes()
    {
        await using TestDatabase database = await server.CreateDatabaseAsync();
        await using PgLockProvider provider = await StartAsync(database);
        foreach (string pair in (string[])["BTCUSD", "ETHUSD", "Ω/USD"])
            (await provider.AcquireAsync(new PositionKey(Hotkey, pair), cancellationToken: TestContext.Current.CancellationToken)).Dispose();

        Assert.True(await provider.Instance.FlushAsync(TestContext.Current.CancellationToken));

        Assert.Equal(3, await database.ScalarAsync<long>("SELECT count(*) FROM pglocks.trade_pairs"));
        Assert.Equal(3, await database.ScalarAsync<long>(
            "SELECT count(*) FROM pglocks.position_keys k JOIN pglocks.miners m USING (miner_id) WHERE m.hotkey = $1 AND k.slot = pglocks.slot_of(m.hotkey, k.trade_pair_id)", Hotkey));
    }

    [Fact]
    public async Task Flush_ServerRefusesRows_KeepsThemForTheNext()
    {
        await using TestDatabase database = await server.CreateDatabaseAsync();
        await using PgLockProvider provider = await StartAsync(database);
        (await provider.AcquireAsync(new PositionKey(Hotkey, "BTCUSD"), cancellationToken: TestContext.Current.CancellationToken)).Dispose();
        await database.ExecuteAsync("ALTER TABLE pglocks.lock_stats RENAME TO away");
        Assert.False(await provider.Instance.FlushAsync(TestContext.Current.CancellationToken));
        (await provider.AcquireAsync(new PositionKey(Hotkey, "BTCUSD"), cancellationToken: TestContext.Current.CancellationToken)).Dispose();
        await database.ExecuteAsync("ALTER TABLE pglocks.away RENAME TO lock_stats");

        Assert.True(await provider.Instance.FlushAsync(TestContext.Current.CancellationToken));

        Assert.Equal(2, await database.ScalarAsync<long>("SELECT sum(acquired)::int8 FROM pglocks.lock_stats"));
        Assert.Equal(2, await database.ScalarAsync<long>("SELECT recorded FROM pglocks.instances"));
    }

    [Fact]
    public async Task CurrentHolders_LongHold_SayWhoHoldsTheKeySinceWhenInWhichProcess()
    {
        await using TestDatabase database = await server.CreateDatabaseAsync();
        await using PgLockProvider provider = await StartAsync(database, longHold: TimeSpan.FromMilliseconds(10));
        LockLease lease = await provider.AcquireAsync(new PositionKey(Hotkey, "EURUSD"), cancellationToken: TestContext.Current.CancellationToken);
        const string Holder = "SELECT pid FROM pglocks.current_holders WHERE hotkey = $1 AND pair = 'EURUSD' AND fencing_token = $2 AND acquired_at <= now()";

        await Eventually.ThatAsync(
            async () => await FlushedAsync(provider) && await database.ScalarAsync<int>(Holder, Hotkey, lease.FencingToken) == Environment.ProcessId,
            because: "the hold is older than the threshold");

        lease.Dispose();
        await provider.Instance.FlushAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, await database.ScalarAsync<int>(Holder, Hotkey, lease.FencingToken));
        Assert.Equal(1, await database.ScalarAsync<long>("SELECT count(*) FROM pglocks.lock_events WHERE kind = 'long_hold'"));
    }

    [Fact]
    public async Task TimedOut_Wait_IsCountedAndAnEvent()
    {
        await using TestDatabase database = await server.CreateDatabaseAsync();
        await using PgLockProvider provider = await StartAsync(database);
        var key = new PositionKey(Hotkey, "EURUSD");
        await using LockLease lease = await provider.AcquireAsync(key, cancellationToken: TestContext.Current.CancellationToken);
        await Assert.ThrowsAsync<LockTimeoutException>(async () => await provider.AcquireAsync(key, TimeSpan.FromMilliseconds(20), TestContext.Current.CancellationToken));

        await provider.Instance.FlushAsync(TestContext.Current.CancellationToken);

        Assert.Equal(1, await database.ScalarAsync<long>("SELECT sum(timed_out)::int8 FROM pglocks.lock_stats"));
        Assert.Equal("timeout", await database.ScalarAsync<string>("SELECT kind FROM pglocks.lock_events"));
    }

    [Fact]
    public async Task Flush_MoreEventsThanMemoryIsGivenFor_SaysHowManyWereDropped()
    {
        await using TestDatabase database = await server.CreateDatabaseAsync();
        await using PgLockProvider provider = await StartAsync(database);
        PositionLock position = provider.GetLock(Hotkey, "EURUSD");
        await using LockLease lease = await position.AcquireAsync(cancellationToken: TestContext.Current.CancellationToken);
        for (int i = 0; i < LockTelemetry.MostEvents + 7; i++)
            Assert.Null(await position.TryAcquireAsync(TimeSpan.FromTicks(1), TestContext.Current.CancellationToken));

        Assert.True(await provider.Instance.FlushAsync(TestContext.Current.CancellationToken));

        Assert.Equal(7, await database.ScalarAsync<long>("SELECT dropped_events FROM pglocks.instances"));
        Assert.Equal(LockTelemetry.MostEvents, await database.ScalarAsync<long>("SELECT count(*) FROM pglocks.lock_events"));
    }

    private static async Task<bool> FlushedAsync(PgLockProvider provider) => await provider.Instance.FlushAsync(TestContext.Current.CancellationToken);

    private static ValueTask<PgLockProvider> StartAsync(TestDatabase database, TimeSpan? longHold = null) => PgLockProvider.StartAsync(
        new PgLocksOptions
        {
            ConnectionString = database.ConnectionString,
            ApplicationName = "orders",
            TelemetryInterval = Timeout.InfiniteTimeSpan,
            LongHoldThreshold = longHold ?? TimeSpan.FromSeconds(1),
        },
        TestContext.Current.CancellationToken);
}
