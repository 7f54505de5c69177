using PgLocks.IntegrationTests.Locks;
using PgLocks.TestKit;

namespace PgLocks.IntegrationTests.Backends;

/// <summary>As the contract, for providers on the pairs of a space: waiters stand in PostgreSQL's line, and fences hold.</summary>
public abstract class PostgresLockProviderContract(PostgresServer server) : FifoLockProviderContract
{
    private protected TestDatabase Database { get; private set; } = null!;

    protected override string Target => Database.ConnectionString;

    protected override TimeSpan HeldBeyondDeath => BackendProviders.LockDelay - TimeSpan.FromMilliseconds(50);

    public override async ValueTask InitializeAsync()
    {
        Database = await server.CreateDatabaseAsync();
        // On a younger server every gain waits for the lock delay.
        await Eventually.ThatAsync(
            () => Database.ScalarAsync<bool>("SELECT clock_timestamp() > pg_postmaster_start_time() + interval '4 s'"), because: "the server is older than the lock delay");
    }

    protected override ValueTask EndAsync() => Database.DisposeAsync();

    protected override Task UntilWaitingAsync(PositionKey key, int waiters) => Database.UntilWaitedForAsync(key.Slot(), waiters);

    [Fact]
    public async Task FenceAsync_OfALeaseThatStands_Holds()
    {
        var (one, two) = (await StartAsync(), await StartAsync());

        await using (var first = await one.AcquireAsync(Key, Patience))
            await Database.FenceAsync(first);
        await using var second = await two.AcquireAsync(Key, Patience);
        await Database.FenceAsync(second);

        Assert.Equal(second.FencingToken >> 20, await Database.ScalarAsync<long>("SELECT epoch FROM pglocks.fences WHERE slot = $1", Key.Slot()));
    }

    [Fact]
    public async Task DisposeAsync_OfTheProvider_LeavesNoLock()
    {
        var provider = await StartAsync();
        (await provider.AcquireAsync(Key, Patience)).Dispose();

        await ((IAsyncDisposable)provider).DisposeAsync();

        await Eventually.EqualAsync(0, Database.AnyLocksAsync, because: "no advisory lock is left");
        Assert.Equal(0, await Database.LastNumberAsync(Key.Slot()) % 2);
    }

    [Fact]
    public async Task DisposeAsync_WithinTheLockDelay_DoesNotHideTheDeathFromTheNext()
    {
        var (one, two, three) = (await StartAsync(), await StartAsync(), await StartAsync());
        await using var lease = await one.AcquireAsync(Key, Patience);
        await Database.ExecuteAsync("SELECT pg_terminate_backend($1)", await Database.OwnerPidAsync(Key.Slot()));
        var wait = two.AcquireAsync(Key, Patience).AsTask();
        await Eventually.ThatAsync(async () => await Database.LastNumberAsync(Key.Slot()) >= 3, because: "the second one has gained the slot, and waits for the delay");

        await ((IAsyncDisposable)two).DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => wait);
        var disposedAt = TimeProvider.System.GetTimestamp();
        await using var next = await three.AcquireAsync(Key, Patience);

        Assert.True(TimeProvider.System.GetElapsedTime(disposedAt) >= HeldBeyondDeath, "granted within the lock delay");
    }
}
