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
    public async Task Dispose_ServerRefusesRows_TellsThemAsDropped()
    {
        await using TestDatabase database = await server.CreateDatabaseAsync();
        await using (PgLockProvider provider = await StartAsync(database))
        {
            (await provider.AcquireAsync(new PositionKey(Hotkey, "BTCUSD"), cancellationToken: TestContext.Current.CancellationToken)).Dispose();
            Assert.True(await provider.Instance.FlushAsync(TestContext.Current.CancellationToken));
            (await provider.AcquireAsync(new PositionKey(Hotkey, "BTCUSD"), cancellationToken: TestContext.Current.CancellationToken)).Dispose();
            await database.ExecuteAsync("ALTER TABLE pglocks.lock_stats RENAME TO away");
        }

        Assert.True(await database.ScalarAsync<bool>("SELECT recorded = 1 AND dropped = 1 AND closed_at IS NOT NULL FROM pglocks.instances"));
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
    [Trait("Pitfall", "23: the server keeps no time of a grant")]
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

    [Fact]
    public async Task Start_DayIsMissing_IsMadeByTheProcessItself()
    {
        await using TestDatabase database = await server.CreateDatabaseAsync();
        await database.ExecuteAsync("DO $$ BEGIN EXECUTE 'DROP TABLE pglocks.lock_stats' || to_char(pglocks.utc_today() + 1, '_YYYYMMDD'); END $$");
        var options = new PgLocksOptions { ConnectionString = database.ConnectionString, ApplicationName = "orders" };
        await using PgLockProvider provider = await PgLockProvider.StartAsync(options, TestContext.Current.CancellationToken);

        await Eventually.ThatAsync(
            () => database.ScalarAsync<bool>("SELECT count(*) = 8 AND (SELECT maintained_at IS NOT NULL FROM pglocks.retention) FROM pglocks.day_partitions() WHERE parent = 'lock_stats'"),
            because: "every process keeps the tables in shape");
    }

    [Fact]
    public async Task Maintain_BesideWriters_CountsEveryAcquisitionOnce()
    {
        await using TestDatabase database = await server.CreateDatabaseAsync();
        await using PgLockProvider one = await StartAsync(database);
        await using PgLockProvider two = await StartAsync(database);
        using var done = new CancellationTokenSource();
        Task maintaining = Task.WhenAll(Enumerable.Range(0, 2).Select(async _ =>
        {
            while (!done.IsCancellationRequested)
                await database.ScalarAsync<string?>("SELECT pglocks.maintain()");
        }));

        for (int i = 0; i < 60; i++)
        {
            PgLockProvider provider = i % 2 == 0 ? one : two;
            (await provider.AcquireAsync(new PositionKey(Hotkey, $"PAIR{i % 3}"), cancellationToken: TestContext.Current.CancellationToken)).Dispose();
            Assert.True(await FlushedAsync(provider));
            Assert.Equal(i + 1, await database.ScalarAsync<long>("SELECT sum(acquired)::int8 FROM pglocks.instance_stats"));
        }
        await done.CancelAsync();
        await maintaining;
        while (await database.ScalarAsync<string?>("SELECT pglocks.maintain()") is not null)
        {
        }

        Assert.Equal(60, await database.ScalarAsync<long>("SELECT sum(acquired)::int8 FROM pglocks.lock_stats"));
        foreach (string dimension in (string[])["key", "slot", "instance"])
            Assert.Equal(60, await database.ScalarAsync<long>("SELECT sum(acquired)::int8 FROM pglocks.lock_totals WHERE dimension = $1", dimension));
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
