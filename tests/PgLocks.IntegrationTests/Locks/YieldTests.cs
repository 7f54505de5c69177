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
    public async Task AcquireAsync_ProvidersHammerOneKey_EachMakesProgressInEverySecond(int count)
    {
        var hammers = new List<Hammer>();
        for (var i = 0; i < count; i++)
            hammers.Add(new Hammer(await _database.StartProviderAsync()));
        using var end = new CancellationTokenSource();
        var witness = new Witness();
        var work = hammers.Select(hammer => hammer.RunAsync(witness, end.Token)).ToArray();

        for (var second = 0; second < 3; second++)
        {
            var before = hammers.Select(hammer => hammer.Cycles).ToArray();
            await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System);
            Assert.All(hammers.Zip(before), pair => Assert.True(pair.First.Cycles > pair.Second, "no progress in a second"));
        }

        await end.CancelAsync();
        await Task.WhenAll(work);
        Assert.Equal(hammers.Sum(hammer => hammer.Cycles), witness.Count);
        foreach (var hammer in hammers)
            await hammer.Provider.DisposeAsync();
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
    [Trait("Pitfall", "19: a notification takes a lock of the whole cluster")]
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
        // One request can name several slots.
        Assert.InRange(asked, 1, keys.Length * (4 + TimeProvider.System.GetElapsedTime(begun).TotalSeconds));
        held.Dispose();
        foreach (var lease in await Task.WhenAll(waits))
            lease.Dispose();
    }

    /// <summary>A number that only the lock protects.</summary>
    private sealed class Witness
    {
        public int Count { get; set; }
    }

    private sealed class Hammer(PgLockProvider provider)
    {
        private int _cycles;

        public PgLockProvider Provider => provider;

        public int Cycles => Volatile.Read(ref _cycles);

        public Task RunAsync(Witness witness, CancellationToken end) => Task.Run(async () =>
        {
            while (!end.IsCancellationRequested)
            {
                await using var lease = await provider.AcquireAsync(TestKeys.Key, TimeSpan.FromSeconds(30), CancellationToken.None);
                var count = witness.Count;
                await Task.Yield();
                witness.Count = count + 1;
                Interlocked.Increment(ref _cycles);
            }
        }, CancellationToken.None);
    }
}
