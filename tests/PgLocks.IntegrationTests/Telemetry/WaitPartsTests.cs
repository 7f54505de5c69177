using PgLocks.IntegrationTests.Locks;
using PgLocks.TestKit;

namespace PgLocks.IntegrationTests.Telemetry;

/// <summary>What callers waited for, as the tables tell it.</summary>
public sealed class WaitPartsTests(PostgresServer server)
{
    private const string PartSum = "wait_key_ns + wait_yield_ns + wait_process_ns + wait_slot_ns + wait_session_ns + wait_server_ns";

    [Fact]
    public async Task LockStats_OtherProcessHeldAnotherKeyOfTheSlot_IsFalseContention()
    {
        await using TestDatabase database = await server.CreateDatabaseAsync();
        PositionKey[] keys = TestKeys.OfSlot(7, 2);

        await WaitForAsync(database, held: keys[0], wanted: keys[1]);

        Assert.Equal((true, false, 1L, 0L), await WaitAsync(database, keys[1]));
    }

    [Fact]
    public async Task LockStats_OtherProcessHeldTheSameKey_IsTrueContention()
    {
        await using TestDatabase database = await server.CreateDatabaseAsync();
        PositionKey key = TestKeys.OfSlot(7, 1)[0];

        await WaitForAsync(database, held: key, wanted: key);

        Assert.Equal((false, true, 0L, 1L), await WaitAsync(database, key));
    }

    /// <summary>One instance holds a key for longer than the quantum while another waits.</summary>
    private static async Task WaitForAsync(TestDatabase database, PositionKey held, PositionKey wanted)
    {
        await using PgLockProvider owner = await database.StartProviderAsync();
        await using PgLockProvider waiter = await database.StartProviderAsync();
        LockLease lease = await owner.AcquireAsync(held, cancellationToken: TestContext.Current.CancellationToken);
        Assert.True(await owner.Instance.FlushAsync(TestContext.Current.CancellationToken));
        Task<LockLease> wait = waiter.AcquireAsync(wanted, TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken).AsTask();
        await Eventually.ThatAsync(
            () => database.ScalarAsync<bool>("SELECT coalesce(max(now() - waiting_since) > interval '50 ms', false) FROM pglocks.current_waiters"), because: "the wait lasts longer than a quantum");
        lease.Dispose();
        (await wait).Dispose();
        Assert.True(await owner.Instance.FlushAsync(TestContext.Current.CancellationToken));
        Assert.True(await waiter.Instance.FlushAsync(TestContext.Current.CancellationToken));
        Assert.Equal(0, await database.ScalarAsync<long>($"SELECT count(*) FROM pglocks.lock_stats WHERE {PartSum} <> wait_sum_ns"));
    }

    private static async Task<(bool ForSlot, bool ForProcess, long Slot, long Process)> WaitAsync(TestDatabase database, PositionKey key)
    {
        Task<T?> Sum<T>(string expression) => database.ScalarAsync<T>(
            $"""
            SELECT {expression} FROM pglocks.lock_stats JOIN pglocks.position_keys USING (key_id) JOIN pglocks.miners USING (miner_id)
             WHERE hotkey = $1 AND trade_pair_id = $2
            """, key.MinerHotkey, key.TradePairId);
        return (await Sum<bool>("sum(wait_slot_ns) > 0"), await Sum<bool>("sum(wait_process_ns) > 0"),
            await Sum<long>("sum(contended_slot)::int8"), await Sum<long>("sum(contended_process)::int8"));
    }
}
