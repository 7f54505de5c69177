using PgLocks.TestKit;

namespace PgLocks.IntegrationTests.Locks;

public sealed class AcquireAllTests(PostgresServer server) : IAsyncLifetime
{
    private TestDatabase _database = null!;

    public async ValueTask InitializeAsync() => _database = await server.CreateDatabaseAsync();

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task AcquireAllAsync_DoublesInAnyOrder_AreAcquiredOnceBySlotThenKey()
    {
        await using var provider = await _database.StartProviderAsync();
        PositionKey[] keys = [.. TestKeys.OfSlots(5), .. TestKeys.OfSlot(2, 4)];

        await using var all = await provider.AcquireAllAsync([.. keys.Reverse(), .. keys]);

        var acquired = all.Leases.Select(lease => (lease.Slot, lease.Key.ToString())).ToArray();
        Assert.Equal(keys.ToHashSet(), all.Leases.Select(lease => lease.Key).ToHashSet());
        Assert.Equal(acquired.OrderBy(one => one.Slot).ThenBy(one => one.Item2, StringComparer.Ordinal), acquired);
        Assert.Distinct(acquired);
        Assert.Equal(keys[0], all[keys[0]].Key);
        Assert.Throws<KeyNotFoundException>(() => all[TestKeys.Key]);
    }

    [Fact]
    public async Task AcquireAllAsync_NoKey_HoldsNothing()
    {
        await using var provider = await _database.StartProviderAsync();

        await using var all = await provider.AcquireAllAsync([]);

        Assert.Empty(all.Leases);
    }

    [Fact]
    public async Task AcquireAllAsync_LastOneHeldElsewhere_LeavesNothingHeld()
    {
        await using var owner = await _database.StartProviderAsync();
        await using var provider = await _database.StartProviderAsync(options => options.Retention = Retention.Off);
        var keys = TestKeys.OfSlots(4);
        await using var lease = await owner.AcquireAsync(keys[3]);
        var first = await owner.AcquireAsync(keys[0]);

        var acquiring = provider.AcquireAllAsync(keys, TimeSpan.FromSeconds(2)).AsTask();
        await Task.Delay(TimeSpan.FromSeconds(0.5), TimeProvider.System);
        first.Dispose();
        var timeout = await Assert.ThrowsAsync<LockTimeoutException>(() => acquiring);

        Assert.Equal(keys[3], timeout.Key);
        // A timer can be some milliseconds early.
        Assert.True(timeout.Waited >= TimeSpan.FromSeconds(1.9), $"{timeout.Waited} is less than the caller waited for all of them");
        for (var slot = 0; slot < 3; slot++)
            await _database.UntilOwnedAsync(slot, owned: false);
        await using var rest = await owner.AcquireAllAsync(keys[..3]);
    }

    [Fact]
    [Trait("Pitfall", "14: the deadlock detector sees no cycle across sessions")]
    public async Task AcquireAllAsync_OpposedOrdersOnTwoProviders_NeverDeadlock()
    {
        await using var one = await _database.StartProviderAsync();
        await using var two = await _database.StartProviderAsync();
        var keys = TestKeys.OfSlots(6);
        var inside = 0;
        var cycles = 0;

        async Task WorkAsync(PgLockProvider provider, PositionKey[] order)
        {
            for (var i = 0; i < 30; i++)
            {
                await using var all = await provider.AcquireAllAsync(order, TimeSpan.FromSeconds(30));
                Assert.Equal(1, Interlocked.Increment(ref inside));
                cycles++;
                Interlocked.Decrement(ref inside);
            }
        }

        await Task.WhenAll(WorkAsync(one, keys), WorkAsync(two, [.. keys.Reverse()]), WorkAsync(one, [.. keys.Reverse()]), WorkAsync(two, keys));

        Assert.Equal(120, cycles);
    }

    [Fact]
    public async Task AcquireAllAsync_TwoKeysOfOneSlotUnderContention_IsGrantedOnBothSides()
    {
        await using var one = await _database.StartProviderAsync();
        await using var two = await _database.StartProviderAsync();
        var keys = TestKeys.OfSlot(9, 2);

        async Task WorkAsync(PgLockProvider provider)
        {
            for (var i = 0; i < 10; i++)
            {
                await using var outer = await provider.AcquireAsync(keys[0], TimeSpan.FromSeconds(30));
                await using var inner = await provider.AcquireAsync(keys[1], TimeSpan.FromSeconds(30));
            }
        }

        await Task.WhenAll(WorkAsync(one), WorkAsync(two));
    }

    [Fact]
    public async Task AcquireAsync_NestedInASlotThatIsBeingYielded_IsGranted()
    {
        await using var owner = await _database.StartProviderAsync();
        await using var asker = await _database.StartProviderAsync();
        var keys = TestKeys.OfSlot(9, 2);
        var outer = await owner.AcquireAsync(keys[0]);
        var wait = asker.AcquireAsync(keys[0], TimeSpan.FromSeconds(30)).AsTask();
        await _database.UntilWaitedForAsync(9);

        var inner = await owner.AcquireAsync(keys[1], TimeSpan.FromSeconds(10));

        Assert.False(wait.IsCompleted);
        inner.Dispose();
        outer.Dispose();
        (await wait).Dispose();
    }
}
