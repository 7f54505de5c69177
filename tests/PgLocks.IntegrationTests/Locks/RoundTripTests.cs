using Npgsql;
using PgLocks.TestKit;
using PgLocks.TestKit.Network;

namespace PgLocks.IntegrationTests.Locks;

/// <summary>How often a caller's way leads to the server.</summary>
public sealed class RoundTripTests(PostgresServer server) : IAsyncLifetime
{
    private TestDatabase _database = null!;

    public async ValueTask InitializeAsync() => _database = await server.CreateDatabaseAsync();

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task AcquireAsync_RetentionOffOneTask_TakesOneTransferACycle()
    {
        const int Cycles = 300;
        await using var provider = await _database.StartProviderAsync(options => options.Retention = Retention.Off);
        var before = provider.Instance.RoundTrips.Transfers;

        for (var i = 0; i < Cycles; i++)
            (await provider.AcquireAsync(TestKeys.Key)).Dispose();

        var transfers = provider.Instance.RoundTrips.Transfers - before;
        Assert.InRange(transfers, Cycles, 2 * Cycles);
        Assert.Equal(0, provider.Instance.RoundTrips.Waits);
    }

    [Fact]
    public async Task AcquireAsync_RetentionOffManyTasks_ShareTransfers()
    {
        const int Tasks = 64;
        const int Cycles = 40;
        await using var provider = await _database.StartProviderAsync(options => options.Retention = Retention.Off);
        var keys = TestKeys.OfSlots(Tasks);
        var before = provider.Instance.RoundTrips.Transfers;

        await Task.WhenAll(keys.Select(key => Task.Run(async () =>
        {
            for (var i = 0; i < Cycles; i++)
                (await provider.AcquireAsync(key)).Dispose();
        })));

        Assert.InRange(provider.Instance.RoundTrips.Transfers - before, Cycles, Tasks * Cycles / 4);
    }

    /// <summary>One asks, and one waits; home is bothered only where no session for that is left. The owner hears of it before a new one is connected, and may have yielded by then.</summary>
    [Theory]
    [InlineData(false, 0, 2)]
    [InlineData(true, 1, 1)]
    public async Task AcquireAsync_YieldedToAnotherThatKeepsIt_TakesTwoRoundTrips(bool isSessionGone, int transfersOfHome, int fewestWaits)
    {
        await using var provider = await _database.StartProviderAsync();
        await using var other = await _database.StartProviderAsync();
        await other.GainAndKeepAsync(TestKeys.Key);
        await provider.GainAndKeepAsync(TestKeys.Key);
        await other.GainAndKeepAsync(TestKeys.Key);
        if (isSessionGone)
        {
            await _database.ExecuteAsync("SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE 'pglocks:%:waiter'");
            await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System);
        }
        var trips = provider.Instance.RoundTrips;
        var (transfers, waits) = (trips.Transfers, trips.Waits);

        using var lease = await provider.AcquireAsync(TestKeys.Key);

        Assert.Equal(transfersOfHome, trips.Transfers - transfers);
        Assert.InRange(trips.Waits - waits, fewestWaits, 2);
    }

    [Theory]
    [InlineData(false, false, 1)]
    [InlineData(true, true, 2)]
    [InlineData(true, false, 2)]
    public async Task AcquireInTransactionAsync_FreeOrWaitedFor_TakesFewRoundTrips(bool isHeld, bool isReleased, int expected)
    {
        await using var holder = await _database.StartProviderAsync();
        await using var provider = await _database.StartProviderAsync();
        using LockLease? held = isHeld ? await holder.AcquireAsync(TestKeys.Key) : null;
        var timesOut = isHeld && !isReleased;

        var trips = await CountAsync(async transaction =>
        {
            var acquiring = provider.AcquireInTransactionAsync(transaction, TestKeys.Key, timesOut ? TimeSpan.FromSeconds(1) : TimeSpan.FromSeconds(30)).AsTask();
            if (isReleased)
            {
                await _database.UntilWaitedForAsync(TestKeys.Key.Slot());
                held?.Dispose();
            }
            if (timesOut)
                await Assert.ThrowsAsync<LockTimeoutException>(() => acquiring);
            else
                (await acquiring).Dispose();
        });

        Assert.Equal(expected, trips);
    }

    [Fact]
    public async Task AcquireInTransactionAsync_TimeIsOverBeforeTheLockDelay_TakesOneRoundTrip()
    {
        await using var provider = await _database.StartProviderAsync();
        await _database.DieOwningAsync(TestKeys.Key.Slot());

        var trips = await CountAsync(transaction => TimeOutAsync(provider, transaction, new PgLocksOptions().LockDelay / 2));

        Assert.Equal(1, trips);
    }

    [Theory]
    [InlineData(100, 1)]
    [InlineData(280, 1)]
    [InlineData(0, 2)]
    public async Task AcquireInTransactionAsync_NoTimeForAnotherAnswer_WaitsOnlyWhereOneTryIsAllThatWasAskedFor(int timeout, int expected)
    {
        await using var holder = await _database.StartProviderAsync();
        await using var provider = await _database.StartProviderAsync();
        using var held = await holder.AcquireAsync(TestKeys.Key);

        var trips = await CountAsync(
            transaction => TimeOutAsync(provider, transaction, TimeSpan.FromMilliseconds(timeout)), delay: TimeSpan.FromMilliseconds(200));

        Assert.Equal(expected, trips);
    }

    [Fact]
    public async Task AcquireAllAsync_ManyFreeSlots_AsksForAllOfThemTogether()
    {
        await using var provider = await _database.StartProviderAsync();
        var before = provider.Instance.RoundTrips.Transfers;

        await using var all = await provider.AcquireAllAsync(TestKeys.OfSlots(40));

        // The first may be on its way before the others are queued.
        Assert.InRange(provider.Instance.RoundTrips.Transfers - before, 1, 3);
        Assert.Equal(0, provider.Instance.RoundTrips.Waits);
    }

    [Fact]
    [Trait("Pitfall", "9: session locks are counted")]
    public async Task AcquireAsync_ManyKeysOfOneFreeSlot_AskTheServerOnce()
    {
        await using var provider = await _database.StartProviderAsync();
        var before = provider.Instance.RoundTrips.Transfers;

        var leases = await Task.WhenAll(TestKeys.OfSlot(3, 50).Select(key => provider.AcquireAsync(key).AsTask()));

        Assert.Equal(1, provider.Instance.RoundTrips.Transfers - before);
        Assert.All(leases, lease => lease.Dispose());
    }

    private static Task<LockTimeoutException> TimeOutAsync(PgLockProvider provider, NpgsqlTransaction transaction, TimeSpan timeout) =>
        Assert.ThrowsAsync<LockTimeoutException>(() => provider.AcquireInTransactionAsync(transaction, TestKeys.Key, timeout).AsTask());

    /// <summary>The round trips of what is done in a transaction that the server has begun.</summary>
    private async Task<long> CountAsync(Func<NpgsqlTransaction, Task> work, TimeSpan delay = default)
    {
        await using var counter = RoundTripCounter.Start(_database.ConnectionString);
        await using var connection = new NpgsqlConnection(counter.Through(_database.ConnectionString));
        await connection.OpenAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await connection.ExecuteAsync("SELECT 1");
        var before = counter.Count;
        counter.Delay = delay;
        await work(transaction);
        return counter.Count - before;
    }
}
