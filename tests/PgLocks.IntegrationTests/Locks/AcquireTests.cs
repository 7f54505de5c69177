using PgLocks.TestKit;

namespace PgLocks.IntegrationTests.Locks;

public sealed class AcquireTests(PostgresServer server) : IAsyncLifetime
{
    private TestDatabase _database = null!;

    public async ValueTask InitializeAsync() => _database = await server.CreateDatabaseAsync();

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task AcquireAsync_FreeKey_OwnsTheSlotOnTheServer()
    {
        await using var provider = await _database.StartProviderAsync();

        await using var lease = await provider.AcquireAsync(TestKeys.Key);

        Assert.Equal(TestKeys.Key.Slot(), lease.Slot);
        Assert.Equal(1, await _database.OwnersAsync(lease.Slot));
    }

    [Fact]
    public async Task Dispose_RetentionOff_ReleasesTheSlotOnTheServer()
    {
        await using var provider = await _database.StartProviderAsync(options => options.Retention = Retention.Off);

        (await provider.AcquireAsync(TestKeys.Key)).Dispose();

        await _database.UntilOwnedAsync(TestKeys.Key.Slot(), owned: false);
        Assert.Equal(2, await _database.LastNumberAsync(TestKeys.Key.Slot()));
    }

    [Fact]
    [Trait("Pitfall", "19: a notification takes a lock of the whole cluster")]
    public async Task Dispose_RetentionAdaptive_KeepsTheSlotAndGrantsWithoutTheServer()
    {
        await using var provider = await _database.StartProviderAsync();
        (await provider.AcquireAsync(TestKeys.Key)).Dispose();
        var transfers = provider.Instance.RoundTrips.Transfers;

        for (var i = 0; i < 1000; i++)
            (await provider.AcquireAsync(TestKeys.Key)).Dispose();

        Assert.Equal(transfers, provider.Instance.RoundTrips.Transfers);
        Assert.Equal(1, await _database.OwnersAsync(TestKeys.Key.Slot()));
    }

    [Theory]
    [InlineData(Retention.Adaptive)]
    [InlineData(Retention.Off)]
    public async Task TryAcquireAsync_HeldByAnotherProvider_IsNull(Retention retention)
    {
        await using var one = await _database.StartProviderAsync(options => options.Retention = retention);
        await using var two = await _database.StartProviderAsync(options => options.Retention = retention);
        await using var lease = await one.AcquireAsync(TestKeys.Key);

        Assert.Null(await two.TryAcquireAsync(TestKeys.Key));
        Assert.Null(await one.TryAcquireAsync(TestKeys.Key));
        Assert.Null(await two.TryAcquireAsync(TestKeys.Key, TimeSpan.FromMilliseconds(50)));
    }

    [Theory]
    [InlineData(Retention.Adaptive)]
    [InlineData(Retention.Off)]
    public async Task AcquireAsync_TwoProviders_TokensOfTheKeyIncrease(Retention retention)
    {
        await using var one = await _database.StartProviderAsync(options => options.Retention = retention);
        await using var two = await _database.StartProviderAsync(options => options.Retention = retention);
        var last = 0L;
        for (var i = 0; i < 40; i++)
        {
            await using var lease = await (i % 2 == 0 ? one : two).AcquireAsync(TestKeys.Key);
            Assert.True(lease.FencingToken > last, $"{lease.FencingToken} after {last}");
            last = lease.FencingToken;
        }
    }

    [Fact]
    public async Task AcquireAsync_AfterARestart_TokenIncreases()
    {
        long before;
        await using (var provider = await _database.StartProviderAsync())
        {
            await using var lease = await provider.AcquireAsync(TestKeys.Key);
            before = lease.FencingToken;
        }

        await using var next = await _database.StartProviderAsync();
        await using var later = await next.AcquireAsync(TestKeys.Key);

        Assert.True(later.FencingToken > before);
    }

    [Fact]
    public async Task AcquireAsync_HeldElsewhere_TimesOutWithTheHolderInTheMessage()
    {
        await using var owner = await _database.StartProviderAsync(options => options.ApplicationName = "owner");
        await using var waiter = await _database.StartProviderAsync();
        await using var lease = await owner.AcquireAsync(TestKeys.Key);

        var timeout = await Assert.ThrowsAsync<LockTimeoutException>(() => waiter.AcquireAsync(TestKeys.Key, TimeSpan.FromSeconds(2)).AsTask());

        Assert.Equal(TestKeys.Key, timeout.Key);
        Assert.Equal(lease.Slot, timeout.Slot);
        Assert.StartsWith($"owner@{Environment.MachineName}", timeout.Holder?.Instance, StringComparison.Ordinal);
        Assert.Contains($"by owner@{Environment.MachineName}", timeout.Message, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Pitfall", "8: a failed wait can have been granted")]
    public async Task AcquireAsync_CancelledWhileTheServerWaits_LeavesNothing()
    {
        await using (var owner = await _database.StartProviderAsync())
        await using (var waiter = await _database.StartProviderAsync(options => options.Retention = Retention.Off))
        {
            var lease = await owner.AcquireAsync(TestKeys.Key);
            using var cancellation = new CancellationTokenSource();
            var wait = waiter.AcquireAsync(TestKeys.Key, TimeSpan.FromMinutes(1), cancellation.Token).AsTask();
            await _database.UntilWaitedForAsync(lease.Slot);

            await cancellation.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => wait);

            lease.Dispose();
            await _database.UntilOwnedAsync(lease.Slot, owned: false);
            (await owner.AcquireAsync(TestKeys.Key)).Dispose();
        }
        await _database.NothingIsLeftAsync();
    }

    [Fact]
    public async Task AcquireAsync_HeldLongerThanALease_IsGrantedAtTheRelease()
    {
        await using var owner = await _database.StartProviderAsync();
        await using var waiter = await _database.StartShortLivedAsync();
        var lease = await owner.AcquireAsync(TestKeys.Key);
        var wait = waiter.AcquireAsync(TestKeys.Key, TimeSpan.FromSeconds(20)).AsTask();
        await _database.UntilWaitedForAsync(lease.Slot);
        await Eventually.ThatAsync(
            () => _database.ScalarAsync<bool>("SELECT bool_or(clock_timestamp() > waitstart + interval '1.5 s') FROM pg_locks WHERE NOT granted AND classid = 1346849792::oid"),
            because: "the wait is longer than the lease");

        lease.Dispose();

        await using var granted = await wait;
        Assert.Equal(3, granted.FencingToken >> 20);
    }

    [Theory]
    [InlineData(-2)]
    [InlineData(int.MaxValue + 1.0)]
    public async Task AcquireAsync_TimeoutOutOfRange_IsRefused(double milliseconds)
    {
        await using var provider = await _database.StartProviderAsync();
        var timeout = TimeSpan.FromMilliseconds(milliseconds);

        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await provider.AcquireAsync(TestKeys.Key, timeout));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await provider.TryAcquireAsync(TestKeys.Key, timeout));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await provider.AcquireAllAsync([TestKeys.Key], timeout));
        await Assert.ThrowsAsync<ArgumentNullException>(async () => await provider.AcquireAsync(default));
    }
}
