using PgLocks.TestKit;

namespace PgLocks.IntegrationTests.Locks;

/// <summary>After shutdown there is no advisory lock, no session and no waiter left.</summary>
public sealed class DisposeTests(PostgresServer server) : IAsyncLifetime
{
    private TestDatabase _database = null!;

    public async ValueTask InitializeAsync() => _database = await server.CreateDatabaseAsync();

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task DisposeAsync_KeptSlots_AreReleasedCleanlyAndNothingIsLeft()
    {
        var provider = await _database.StartProviderAsync();
        foreach (var key in TestKeys.OfSlots(20))
            (await provider.AcquireAsync(key)).Dispose();

        await provider.DisposeAsync();
        await provider.DisposeAsync();

        await _database.NothingIsLeftAsync();
        Assert.All(await _database.ColumnAsync<long>("SELECT last_value FROM pg_sequences WHERE sequencename LIKE 'slot_%' AND last_value IS NOT NULL"), number => Assert.Equal(2, number));
    }

    [Fact]
    public async Task DisposeAsync_LeaseHeld_IsLostAndTheNextOwnerIsWarned()
    {
        var provider = await _database.StartProviderAsync();
        var lease = await provider.AcquireAsync(TestKeys.Key);

        await provider.DisposeAsync();

        Assert.True(lease.LostToken.IsCancellationRequested);
        await _database.NothingIsLeftAsync();
        Assert.Equal(1, await _database.LastNumberAsync(lease.Slot));
        lease.Dispose();
    }

    [Fact]
    public async Task DisposeAsync_LeaseGainedByAWait_IsLostAndNothingIsLeft()
    {
        var lease = default(LockLease);
        await using (var owner = await _database.StartProviderAsync())
        {
            var first = await owner.AcquireAsync(TestKeys.Key);
            var provider = await _database.StartProviderAsync();
            var wait = provider.AcquireAsync(TestKeys.Key, TimeSpan.FromSeconds(30)).AsTask();
            await _database.UntilWaitedForAsync(first.Slot);
            first.Dispose();
            lease = await wait;

            await provider.DisposeAsync();
        }

        Assert.True(lease.LostToken.IsCancellationRequested);
        await _database.NothingIsLeftAsync();
    }

    [Fact]
    public async Task AcquireAsync_AfterDispose_SaysThatTheProviderIsClosed()
    {
        var provider = await _database.StartProviderAsync();
        await provider.DisposeAsync();

        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await provider.AcquireAsync(TestKeys.Key));
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await provider.TryAcquireAsync(TestKeys.Key));
    }

    [Fact]
    public async Task DisposeAsync_CallersWait_EndsTheirWaits()
    {
        await using var owner = await _database.StartProviderAsync();
        await using var lease = await owner.AcquireAsync(TestKeys.Key);
        var provider = await _database.StartProviderAsync();
        var waits = Enumerable.Range(0, 5).Select(_ => provider.AcquireAsync(TestKeys.Key, Timeout.InfiniteTimeSpan).AsTask()).ToArray();
        await _database.UntilWaitedForAsync(lease.Slot);

        await provider.DisposeAsync();

        foreach (var wait in waits)
            await Assert.ThrowsAsync<ObjectDisposedException>(() => wait);
        await Eventually.EqualAsync(0, () => _database.WaitersAsync(lease.Slot));
    }

    [Fact]
    public async Task DisposeAsync_WhileAWaiterSessionIsBeingOpened_EndsSoon()
    {
        await using var owner = await _database.StartProviderAsync();
        await using var lease = await owner.AcquireAsync(TestKeys.Key);
        for (var i = 0; i < 10; i++)
        {
            var provider = await _database.StartProviderAsync();
            var wait = provider.AcquireAsync(TestKeys.Key, Timeout.InfiniteTimeSpan).AsTask();
            await Eventually.ThatAsync(() => provider.Instance.Slots[lease.Slot].IsBlocked, because: "the slot is found to be owned");

            await provider.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(15));

            await Assert.ThrowsAsync<ObjectDisposedException>(() => wait);
        }
    }

    [Fact]
    public async Task DrainAsync_LeasesHeld_WaitsForTheirEnd()
    {
        await using var provider = await _database.StartProviderAsync();
        var lease = await provider.AcquireAsync(TestKeys.Key);

        var drain = provider.DrainAsync();

        Assert.False(drain.IsCompleted);
        Assert.False(lease.LostToken.IsCancellationRequested);
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await provider.AcquireAsync(TestKeys.OfSlots(1)[0]));
        lease.Dispose();
        await drain;
    }
}
