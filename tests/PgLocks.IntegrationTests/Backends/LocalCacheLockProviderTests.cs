using PgLocks.Backends;
using PgLocks.IntegrationTests.Locks;
using PgLocks.TestKit;

namespace PgLocks.IntegrationTests.Backends;

public sealed class LocalCacheLockProviderTests(PostgresServer server) : LockProviderContract
{
    private TestDatabase _database = null!;

    protected override string Backend => "local-cache";

    protected override string Target => _database.ConnectionString;

    public override async ValueTask InitializeAsync()
    {
        _database = await server.CreateDatabaseAsync();
        await _database.ExecuteAsync("SELECT pglocks.create_space('local_cache')");
    }

    protected override ValueTask EndAsync() => _database.DisposeAsync();

    [Fact]
    public async Task AcquireAsync_WaitersOfOneProcess_AreGrantedFirstComeFirstServed()
    {
        var provider = await StartAsync();
        var holder = await provider.AcquireAsync(Key, Patience);
        var order = new List<int>();
        var waits = Enumerable.Range(0, 5).Select(EnterAsync).ToArray();

        holder.Dispose();
        await Task.WhenAll(waits);

        Assert.Equal(Enumerable.Range(0, 5), order);

        async Task EnterAsync(int number)
        {
            await using var lease = await provider.AcquireAsync(Key, Patience);
            order.Add(number);
        }
    }

    [Fact]
    public async Task AcquireAsync_AnotherKeyOfTheSlot_IsGranted()
    {
        var (one, two) = (await StartAsync(), await StartAsync());
        var keys = TestKeys.OfSlot(3, 2);

        await using var first = await one.AcquireAsync(keys[0], Patience);
        await using var second = await two.TryAcquireAsync(keys[1]);

        Assert.NotNull(second);
    }

    [Fact]
    public async Task FenceAsync_OfALockByKey_IsRefused()
    {
        await using var lease = await (await StartAsync()).AcquireAsync(Key, Patience);

        await Assert.ThrowsAsync<NotSupportedException>(async () => await lease.FenceAsync(FakeTransaction.Any));
    }

    [Fact]
    public async Task StartAsync_NativeSpace_IsRefused() => await Assert.ThrowsAsync<PgLocksConfigurationException>(
        async () => await LocalCacheLockProvider.StartAsync(new LocalCacheOptions { ConnectionString = Target, Space = "default" }));

    [Fact]
    public async Task Terminate_TheHoldersSession_CancelsTheLostToken()
    {
        await using var lease = await (await StartAsync()).AcquireAsync(Key, Patience);

        await _database.ExecuteAsync("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 1 AND granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())");

        await Eventually.ThatAsync(() => lease.LostToken.IsCancellationRequested, because: "the session is pinged");
    }
}
