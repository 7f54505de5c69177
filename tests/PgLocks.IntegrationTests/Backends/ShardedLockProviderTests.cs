using PgLocks.TestKit;

namespace PgLocks.IntegrationTests.Backends;

/// <summary>16 dictionaries in a coordinator.</summary>
public sealed class ShardedLockProviderTests : CoordinatorLockProviderContract
{
    protected override string Backend => "sharded";

    [Fact]
    public async Task AcquireAsync_ByTheOldWay_IsExcludedToo()
    {
        var provider = await StartAsync();
        var old = await BackendProviders.StartAsync("old-way", Target);
        await using var end = (IAsyncDisposable)old;

        await using (await provider.AcquireAsync(Key, Patience))
            Assert.Null(await old.TryAcquireAsync(Key));
        await using var lease = await old.AcquireAsync(Key, Patience);

        Assert.Null(await provider.TryAcquireAsync(Key));
    }
}
