using PgLocks.IntegrationTests.Faults;
using PgLocks.IntegrationTests.Locks;
using PgLocks.TestKit;

namespace PgLocks.IntegrationTests.Pitfalls;

/// <summary>Waits that end otherwise than one would think.</summary>
public sealed class WaitPitfallTests(PostgresServer server) : IAsyncLifetime
{
    private static readonly PositionKey Key = TestKeys.OfSlot(5, 1)[0];

    private TestDatabase _database = null!;

    public async ValueTask InitializeAsync() => _database = await server.CreateDatabaseAsync();

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact]
    [Trait("Pitfall", "8: a failed wait can have been granted")]
    public async Task AcquireAsync_WaitThatFailsAfterItsGrant_IsGrantedAndReleasedOnce()
    {
        // No lock delay: without, a server that was started just now makes nobody wait.
        await using var provider = await PgLockProvider.StartAsync(
            new PgLocksOptions
            {
                ConnectionString = _database.ConnectionString, Retention = Retention.Off, UnfencedDelay = false,
                LeaseDuration = TimeSpan.FromSeconds(20), ServerLeaseDuration = TimeSpan.FromSeconds(30),
            },
            TestContext.Current.CancellationToken);
        await using var holder = await _database.OpenForeignAsync();
        await holder.ExecuteAsync("SELECT pg_advisory_lock($1, 5)", LockTable.ClassId);
        var wait = provider.AcquireAsync(Key, TimeSpan.FromSeconds(60)).AsTask();
        await _database.UntilWaitedForAsync(5);
        var pid = await _database.WaiterPidAsync(5);
        // The draw comes after the grant: held up, it gives the wait the time to fail with the lock in its hands.
        await using var drawing = await _database.OpenForeignAsync();
        await drawing.ExecuteAsync("BEGIN");
        await drawing.ExecuteAsync($"ALTER SEQUENCE pglocks.slot_{LockTable.ClassId}_5 MAXVALUE 9000000000000000000");
        await holder.ExecuteAsync("SELECT pg_advisory_unlock($1, 5)", LockTable.ClassId);
        await UntilItDrawsAsync(pid);
        Assert.Equal(pid, await _database.OwnerPidAsync(5));
        var failing = await _database.ScalarAsync<DateTime>("SELECT query_start FROM pg_stat_activity WHERE pid = $1", pid);

        await _database.ExecuteAsync("SELECT pg_cancel_backend($1)", pid);
        await Eventually.ThatAsync(
            () => _database.ScalarAsync<bool>("SELECT query_start > $2 AND query ~ 'nextval' FROM pg_stat_activity WHERE pid = $1", pid, failing),
            because: "the wait has failed, and draws the number of the lock that it was granted all the same");
        await UntilItDrawsAsync(pid);
        await drawing.ExecuteAsync("ROLLBACK");

        (await wait).Dispose();
        await _database.UntilOwnedAsync(5, owned: false);
    }

    [Fact]
    [Trait("Pitfall", "13: a dead client's backend stays in line")]
    public async Task Kill_ProcessInLine_LeavesTheLine()
    {
        await using var worker = await Worker.StartAsync(_database, "hold-long", Retention.Adaptive);
        await using var holder = await _database.OpenForeignAsync();
        await holder.ExecuteAsync("SELECT pg_advisory_lock($1, 5)", LockTable.ClassId);
        await worker.TellAsync(Worker.AcquireOrder(Key));
        await _database.UntilWaitedForAsync(5);

        worker.Process.Signal(ProcessSignal.Kill);

        // Well before the wait's own end after 30 s.
        await Eventually.EqualAsync(0, () => _database.WaitersAsync(5), TimeSpan.FromSeconds(20), "the dead process has left the line");
    }

    [Fact]
    [Trait("Pitfall", "17: a waiting statement holds vacuum back")]
    public async Task Cancel_WaitInLine_StandsInLineAgainWithANewSnapshot()
    {
        await using var provider = await _database.StartProviderAsync();
        await using var holder = await _database.OpenForeignAsync();
        await holder.ExecuteAsync("SELECT pg_advisory_lock($1, 5)", LockTable.ClassId);
        var wait = provider.AcquireAsync(Key, TimeSpan.FromSeconds(60)).AsTask();
        await _database.UntilWaitedForAsync(5);
        var pid = await _database.WaiterPidAsync(5);
        // The horizon itself also stands still for transactions of other tests.
        Assert.True(await _database.ScalarAsync<bool>("SELECT backend_xmin IS NOT NULL FROM pg_stat_activity WHERE pid = $1", pid));
        const string Since = "SELECT waitstart FROM pg_locks WHERE pid = $1 AND locktype = 'advisory' AND NOT granted";
        var before = default(DateTime);
        await Eventually.ThatAsync(async () => (before = await _database.ScalarAsync<DateTime>(Since, pid)) != default, because: "the wait has a beginning");

        await _database.ExecuteAsync("SELECT pg_cancel_backend($1)", pid);

        await Eventually.ThatAsync(async () => await _database.ScalarAsync<DateTime>(Since, pid) > before, because: "another statement waits");
        await _database.UntilWaitedForAsync(5);
        Assert.Equal(pid, await _database.WaiterPidAsync(5));
        await holder.ExecuteAsync("SELECT pg_advisory_unlock($1, 5)", LockTable.ClassId);
        (await wait).Dispose();
    }

    [Fact]
    [Trait("Pitfall", "14: the deadlock detector sees no cycle across sessions")]
    public async Task AcquireAsync_NestedInOpposedOrders_EndsByTheTimeout()
    {
        await using var one = await _database.StartProviderAsync();
        await using var two = await _database.StartProviderAsync();
        var keys = TestKeys.OfSlots(2);
        await using var first = await one.AcquireAsync(keys[0]);
        await using var second = await two.AcquireAsync(keys[1]);

        var waits = await Task.WhenAll(TryAsync(one, keys[1]), TryAsync(two, keys[0]));

        Assert.Contains(false, waits);
        Assert.False(first.LostToken.IsCancellationRequested || second.LostToken.IsCancellationRequested);

        static async Task<bool> TryAsync(PgLockProvider provider, PositionKey key)
        {
            await using var lease = await provider.TryAcquireAsync(key, TimeSpan.FromSeconds(2));
            return lease is not null;
        }
    }

    [Fact]
    [Trait("Pitfall", "14: the deadlock detector sees no cycle across sessions")]
    public async Task AcquireAsync_NestedAgainstTheOrderWithChecks_IsRefusedAndNamesBothKeys()
    {
        await using var provider = await _database.StartProviderAsync(options => options.LockOrderChecks = true);
        var keys = TestKeys.OfSlots(3);
        await using var held = await provider.AcquireAsync(keys[1]);

        var refused = await Assert.ThrowsAsync<LockOrderException>(async () => await provider.AcquireAsync(keys[0]));

        Assert.Contains(keys[0].ToString(), refused.Message, StringComparison.Ordinal);
        Assert.Contains(keys[1].ToString(), refused.Message, StringComparison.Ordinal);
        await using var next = await provider.AcquireAsync(keys[2]);
    }

    private Task UntilItDrawsAsync(int pid) => Eventually.ThatAsync(
        () => _database.ScalarAsync<bool>("SELECT count(*) > 0 FROM pg_locks WHERE pid = $1 AND locktype = 'relation' AND NOT granted", pid),
        because: "the session waits for the sequence");
}
