using System.Runtime.CompilerServices;
using Medallion.Threading;
using PgLocks.Backends;
using PgLocks.IntegrationTests.Locks;
using PgLocks.TestKit;

namespace PgLocks.IntegrationTests.Backends;

/// <summary>PgLocks as a provider of DistributedLock, used as its documentation does.</summary>
public sealed class DistributedLockProviderTests(PostgresServer server) : IAsyncLifetime
{
    private TestDatabase _database = null!;
    private PgLockProvider _native = null!;

    private IDistributedLockProvider Locks => _native.AsDistributedLockProvider();

    public async ValueTask InitializeAsync()
    {
        _database = await server.CreateDatabaseAsync();
        _native = await _database.StartProviderAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _native.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task Acquire_SyncAndAsync_ExcludeEachOther()
    {
        var one = Locks.CreateLock("orders");
        Assert.Equal("orders", one.Name);

        using (one.Acquire())
        {
            Assert.Null(await Locks.TryAcquireLockAsync("orders"));
            Assert.Null(one.TryAcquire());
        }
        await using (await one.AcquireAsync(TimeSpan.FromSeconds(30)))
            Assert.Null(Locks.TryAcquireLock("orders", TimeSpan.FromMilliseconds(20)));

        using var handle = one.TryAcquire(TimeSpan.FromSeconds(30));
        Assert.NotNull(handle);
    }

    [Fact]
    public async Task Acquire_NameOfAPosition_ExcludesNativeUsers()
    {
        await using var other = await _database.StartProviderAsync();

        await using (await Locks.AcquireLockAsync(TestKeys.Key.ToString()))
            Assert.Null(await other.TryAcquireAsync(TestKeys.Key));
        await using var lease = await other.AcquireAsync(TestKeys.Key, TimeSpan.FromSeconds(30));

        Assert.Null(await Locks.TryAcquireLockAsync(TestKeys.Key.ToString()));
    }

    [Theory]
    [InlineData("")]
    [InlineData("two words, a :colon and a\ttab")]
    [InlineData("\ud800")]
    [InlineData("名前")]
    public async Task Acquire_AnyName_Excludes(string name)
    {
        var longName = string.Concat(Enumerable.Repeat(name + "/", 10_000));

        await using var handle = await Locks.AcquireLockAsync(name);
        await using var other = await Locks.TryAcquireLockAsync(longName);

        Assert.NotNull(other);
        Assert.Null(await Locks.TryAcquireLockAsync(name));
        Assert.Null(await Locks.TryAcquireLockAsync(longName));
    }

    [Fact]
    public async Task Acquire_TimedOut_ThrowsATimeoutException()
    {
        var name = Locks.CreateLock("busy");
        using var handle = name.Acquire();

        Assert.Throws<LockTimeoutException>(() => name.Acquire(TimeSpan.FromMilliseconds(20)));
        Assert.IsType<TimeoutException>(await Assert.ThrowsAnyAsync<TimeoutException>(async () => await name.AcquireAsync(TimeSpan.FromMilliseconds(20))), exactMatch: false);
        Assert.Throws<ArgumentOutOfRangeException>(() => name.TryAcquire(TimeSpan.FromSeconds(-2)));
        Assert.Throws<ArgumentNullException>(() => Locks.CreateLock(null!));
    }

    [Fact]
    public async Task Acquire_NoTimeout_WaitsLongerThanTheProvidersDefault()
    {
        await using var impatient = await _database.StartProviderAsync(options => options.AcquireTimeout = TimeSpan.FromMilliseconds(1));
        var name = impatient.AsDistributedLockProvider().CreateLock("patient");
        var handle = await name.AcquireAsync();

        var wait = name.AcquireAsync(Timeout.InfiniteTimeSpan).AsTask();
        var other = name.AcquireAsync().AsTask();
        Assert.Null(await name.TryAcquireAsync(TimeSpan.FromMilliseconds(50)));
        Assert.False(wait.IsCompleted || other.IsCompleted);
        await handle.DisposeAsync();

        (await wait).Dispose();
        (await other).Dispose();
    }

    [Fact]
    public async Task Acquire_Cancelled_BeforeAndWhileWaiting()
    {
        var name = Locks.CreateLock("cancelled");
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await name.AcquireAsync(null, new CancellationToken(canceled: true)));
        Assert.ThrowsAny<OperationCanceledException>(() => name.TryAcquire(TimeSpan.Zero, new CancellationToken(canceled: true)));
        using var handle = name.Acquire();
        using var cancel = new CancellationTokenSource();
        var wait = name.AcquireAsync(cancellationToken: cancel.Token).AsTask();
        var syncWait = Task.Run(() => name.Acquire(cancellationToken: cancel.Token));

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => wait);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => syncWait);
    }

    [Fact]
    public void Acquire_NestedOnOneThread_IsNotReentrant()
    {
        using var handle = Locks.AcquireLock("nested");

        Assert.Throws<LockTimeoutException>(() => Locks.AcquireLock("nested", TimeSpan.FromMilliseconds(20)));
    }

    [Fact]
    public async Task Dispose_Twice_ReleasesOnce()
    {
        var name = Locks.CreateLock("twice");
        var handle = name.Acquire();

        handle.Dispose();
        using var next = name.TryAcquire();
        handle.Dispose();
        await handle.DisposeAsync();

        Assert.NotNull(next);
        Assert.Null(name.TryAcquire());
        Assert.Throws<ObjectDisposedException>(() => handle.HandleLostToken);
    }

    [Fact]
    public async Task HandleLostToken_SessionTerminated_IsCancelled()
    {
        await using var handle = await Locks.AcquireLockAsync(TestKeys.Key.ToString());
        var lost = handle.HandleLostToken;
        Assert.True(lost.CanBeCanceled);

        await _database.ExecuteAsync("SELECT pg_terminate_backend($1)", await _database.OwnerPidAsync(TestKeys.Key.Slot()));

        await Eventually.ThatAsync(() => lost.IsCancellationRequested, because: "its session is gone");
    }

    [Fact]
    public async Task Handle_Abandoned_IsReleased()
    {
        var name = Locks.CreateLock("abandoned");
        Abandon(name);
        IDistributedSynchronizationHandle? next = null;

        await Eventually.ThatAsync(
            async () =>
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
                return (next = await name.TryAcquireAsync()) is not null;
            },
            because: "nobody refers to the handle");

        await next!.DisposeAsync();
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Abandon(IDistributedLock name) => _ = name.Acquire();
}
