using PgLocks.TestKit;

namespace PgLocks.IntegrationTests.Locks;

/// <summary>A kept slot is no reason for anybody to wait.</summary>
public sealed class YieldTests(PostgresServer server) : IAsyncLifetime
{
    private TestDatabase _database = null!;

    public async ValueTask InitializeAsync() => _database = await server.CreateDatabaseAsync();

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task AcquireAsync_KeptIdleElsewhere_IsYielded()
    {
        await using var keeper = await _database.StartProviderAsync(options => options.HeartbeatInterval = TimeSpan.FromSeconds(1));
        await using var asker = await _database.StartProviderAsync();
        (await keeper.AcquireAsync(TestKeys.Key)).Dispose();
        await _database.UntilOwnedAsync(TestKeys.Key.Slot());

        await using var lease = await asker.AcquireAsync(TestKeys.Key);

        Assert.Equal(1, await _database.OwnersAsync(lease.Slot));
    }

    [Fact]
    public async Task Lock_ForeignSessionWaitsForAKeptSlot_GetsIt()
    {
        await using var keeper = await _database.StartProviderAsync();
        (await keeper.AcquireAsync(TestKeys.Key)).Dispose();
        await using var psql = await _database.OpenForeignAsync();

        await psql.ExecuteAsync("SELECT pg_advisory_lock($1, $2)", LockTable.ClassId, TestKeys.Key.Slot());

        Assert.Equal(psql.ProcessID, await _database.OwnerPidAsync(TestKeys.Key.Slot()));
        Assert.Null(await keeper.TryAcquireAsync(TestKeys.Key));
        await psql.ExecuteAsync("SELECT pg_advisory_unlock($1, $2)", LockTable.ClassId, TestKeys.Key.Slot());
        (await keeper.AcquireAsync(TestKeys.Key)).Dispose();
    }

    [Fact]
    public async Task Lock_ForeignSessionWaitsForAHeldSlot_GetsItAfterTheLease()
    {
        await using var holder = await _database.StartProviderAsync();
        var lease = await holder.AcquireAsync(TestKeys.Key);
        await using var psql = await _database.OpenForeignAsync();
        var wait = psql.ExecuteAsync("SELECT pg_advisory_lock($1, $2)", LockTable.ClassId, TestKeys.Key.Slot());
        await _database.UntilWaitedForAsync(lease.Slot);
        Assert.False(wait.IsCompleted);

        lease.Dispose();

        await wait;
        Assert.Equal(psql.ProcessID, await _database.OwnerPidAsync(lease.Slot));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    public async Task AcquireAsync_ProvidersHammerOneKey_EachMakesProgress(int count)
    {
        const int Cycles = 150;
        var providers = new List<PgLockProvider>();
        for (var i = 0; i < count; i++)
            providers.Add(await _database.StartProviderAsync());
        var inside = 0;
        var worst = 0;

        await Task.WhenAll(providers.Select(provider => Task.Run(async () =>
        {
            for (var i = 0; i < Cycles; i++)
            {
                await using var lease = await provider.AcquireAsync(TestKeys.Key, TimeSpan.FromSeconds(30));
                worst = Math.Max(worst, Interlocked.Increment(ref inside));
                Interlocked.Decrement(ref inside);
            }
        })));

        Assert.Equal(1, worst);
        foreach (var provider in providers)
            await provider.DisposeAsync();
        await _database.NothingIsLeftAsync();
    }

    [Fact]
    public async Task AcquireAsync_MoreBlockedSlotsThanWaitSessions_AllAreGrantedInTheEnd()
    {
        await using var owner = await _database.StartProviderAsync();
        await using var waiter = await _database.StartProviderAsync(options => options.MaxWaitSessions = 2);
        var keys = TestKeys.OfSlots(8);
        var held = await owner.AcquireAllAsync(keys);
        var waits = keys.Select(key => waiter.AcquireAsync(key, TimeSpan.FromSeconds(30)).AsTask()).ToArray();
        await Eventually.ThatAsync(() => waiter.Instance.Slots.Slots.Count(slot => slot.IsBlocked) == keys.Length, because: "all slots are found to be owned");

        held.Dispose();

        foreach (var lease in await Task.WhenAll(waits))
            lease.Dispose();
    }

    [Fact]
    public async Task AcquireAsync_SlotsThatArePolled_AreAskedForRarely()
    {
        await using var owner = await _database.StartProviderAsync();
        await using var waiter = await _database.StartProviderAsync(options => options.MaxWaitSessions = 1);
        var keys = TestKeys.OfSlots(8);
        await using var held = await owner.AcquireAllAsync(keys);
        var requests = await StatementCounter.StartAsync(_database);
        var begun = TimeProvider.System.GetTimestamp();
        var before = waiter.Instance.RoundTrips.Transfers;
        var waits = keys.Select(key => waiter.AcquireAsync(key, TimeSpan.FromSeconds(60)).AsTask()).ToArray();

        await Eventually.ThatAsync(() => waiter.Instance.RoundTrips.Transfers >= before + 50, because: "the slots are polled");

        var asked = await requests.CountAsync("pg_notify");
        Assert.InRange(asked, keys.Length, keys.Length * (4 + TimeProvider.System.GetElapsedTime(begun).TotalSeconds));
        held.Dispose();
        foreach (var lease in await Task.WhenAll(waits))
            lease.Dispose();
    }
}
