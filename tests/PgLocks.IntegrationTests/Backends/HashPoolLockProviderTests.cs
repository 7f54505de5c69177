using PgLocks.IntegrationTests.Locks;
using PgLocks.TestKit;

namespace PgLocks.IntegrationTests.Backends;

public sealed class HashPoolLockProviderTests(PostgresServer server) : PostgresLockProviderContract(server)
{
    protected override string Backend => "hash-pool";

    [Fact]
    public async Task AcquireAsync_HeldByANativeInstance_IsExcludedUntilItsRelease()
    {
        var provider = await StartAsync();
        await using var native = await Database.StartProviderAsync();
        var held = await native.AcquireAsync(Key);

        Assert.Null(await provider.TryAcquireAsync(Key, TimeSpan.FromMilliseconds(100)));
        held.Dispose();
        await using var lease = await provider.AcquireAsync(Key, Patience);

        Assert.Null(await native.TryAcquireAsync(Key, TimeSpan.FromMilliseconds(100)));
        Assert.True(lease.FencingToken > held.FencingToken, $"{lease.FencingToken} after {held.FencingToken}");
    }

    [Fact]
    public async Task AcquireAsync_WaitersOfOneProcess_StandAtTheServer()
    {
        var provider = await StartAsync();
        var lease = await provider.AcquireAsync(Key, Patience);

        var passes = Enumerable.Range(0, 3).Select(_ => PassAsync()).ToArray();
        await Database.UntilWaitedForAsync(Key.Slot(), 3);
        lease.Dispose();

        await Task.WhenAll(passes);

        async Task PassAsync()
        {
            await using var next = await provider.AcquireAsync(Key, Patience);
        }
    }

    [Fact]
    public async Task Terminate_TheHoldersSession_CancelsTheLostTokenAndRefusesTheFence()
    {
        var (one, two) = (await StartAsync(), await StartAsync());
        await using var lease = await one.AcquireAsync(Key, Patience);

        await Database.ExecuteAsync("SELECT pg_terminate_backend($1)", await Database.OwnerPidAsync(Key.Slot()));

        await Eventually.ThatAsync(() => lease.LostToken.IsCancellationRequested, because: "the session is pinged");
        await using var next = await two.AcquireAsync(Key, Patience);
        await Database.FenceAsync(next);
        await Assert.ThrowsAsync<LeaseLostException>(() => Database.FenceAsync(lease));
    }

    [Fact]
    public async Task TryAcquireAsync_WithinTheLockDelay_IsRefusedAndDoesNotHideTheDeath()
    {
        var (one, two) = (await StartAsync(), await StartAsync());
        await using var lease = await one.AcquireAsync(Key, Patience);
        await Database.ExecuteAsync("SELECT pg_terminate_backend($1)", await Database.OwnerPidAsync(Key.Slot()));
        await Database.UntilOwnedAsync(Key.Slot(), owned: false);
        var diedAt = TimeProvider.System.GetTimestamp();

        Assert.Null(await two.TryAcquireAsync(Key));
        await using var next = await two.AcquireAsync(Key, Patience);

        Assert.True(TimeProvider.System.GetElapsedTime(diedAt) >= HeldBeyondDeath, "granted within the lock delay");
    }
}
