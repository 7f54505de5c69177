using PgLocks.IntegrationTests.Locks;

namespace PgLocks.IntegrationTests.Backends;

/// <content>What a single call promises.</content>
public abstract partial class LockProviderContract
{
    [Fact]
    public async Task AcquireAsync_TimedOut_TellsWhatWasWaitedForAndLeavesNothing()
    {
        var (one, two) = (await StartAsync(), await StartAsync());
        var lease = await one.AcquireAsync(Key, Patience);

        var timeout = await Assert.ThrowsAsync<LockTimeoutException>(async () => await two.AcquireAsync(Key, TimeSpan.FromMilliseconds(100)));
        lease.Dispose();

        Assert.Equal((Key, Key.Slot()), (timeout.Key, timeout.Slot));
        Assert.True(timeout.Waited >= TimeSpan.FromMilliseconds(90), $"{timeout.Waited}");
        await using var third = await (await StartAsync()).AcquireAsync(Key, Patience);
    }

    [Fact]
    public async Task AcquireAsync_TokenAlreadyCancelled_IsCancelled()
    {
        var provider = await StartAsync();
        var cancelled = new CancellationToken(canceled: true);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await provider.AcquireAsync(Key, Patience, cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await provider.TryAcquireAsync(Key, Patience, cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await provider.AcquireAllAsync([Key], Patience, cancelled));

        await using var lease = await provider.TryAcquireAsync(Key);
        Assert.NotNull(lease);
    }

    [Fact]
    public async Task AcquireAsync_CancelledWhileWaiting_EndsAndLeavesNothing()
    {
        var (one, two) = (await StartAsync(), await StartAsync());
        var lease = await one.AcquireAsync(Key, Patience);
        using var cancel = new CancellationTokenSource();
        var wait = two.AcquireAsync(Key, Timeout.InfiniteTimeSpan, cancel.Token).AsTask();
        Assert.Null(await two.TryAcquireAsync(Key, TimeSpan.FromMilliseconds(50)));

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => wait);
        lease.Dispose();
        await using var third = await (await StartAsync()).AcquireAsync(Key, Patience);
    }

    [Fact]
    public async Task Dispose_TwiceAndOfACopy_ReleasesOnce()
    {
        var (one, two) = (await StartAsync(), await StartAsync());
        var lease = await one.AcquireAsync(Key, Patience);
        var copy = lease;

        lease.Dispose();
        await using var next = await two.AcquireAsync(Key, Patience);
        lease.Dispose();
        await copy.DisposeAsync();

        Assert.Null(await one.TryAcquireAsync(Key, TimeSpan.FromMilliseconds(50)));
    }

    [Fact]
    public async Task GetLock_OfAKey_ExcludesAsTheKeyDoes()
    {
        var provider = await StartAsync();
        var position = provider.GetLock(Key.MinerHotkey, Key.TradePairId);

        await using (var lease = await position.AcquireAsync(Patience))
        {
            Assert.Equal((Key, Key.Slot()), (lease.Key, lease.Slot));
            Assert.Null(await provider.TryAcquireAsync(Key));
            Assert.Null(await position.TryAcquireAsync());
        }
        await using var next = await position.TryAcquireAsync(Patience);

        Assert.NotNull(next);
    }

    [Fact]
    public async Task AcquireAllAsync_KeysOfSharedSlots_AreAcquiredBySlotThenKeyAndReleasedTogether()
    {
        var (one, two) = (await StartAsync(), await StartAsync());
        PositionKey[] keys = [.. TestKeys.OfSlot(9, 3), .. TestKeys.OfSlot(4, 2), .. TestKeys.OfSlot(9, 1)];

        await using (var all = await one.AcquireAllAsync(keys, Patience))
        {
            Assert.Equal(keys.Distinct().OrderBy(key => key.Slot()).ThenBy(key => key.ToString(), StringComparer.Ordinal), all.Leases.Select(lease => lease.Key));
            foreach (var key in keys)
                Assert.Null(await two.TryAcquireAsync(key));
        }
        await using var again = await two.AcquireAllAsync(keys, Patience);

        Assert.Equal(5, again.Leases.Count);
    }

    [Fact]
    public async Task AcquireAllAsync_InOppositeOrders_AllEnd()
    {
        var (one, two) = (await StartAsync(), await StartAsync());
        var keys = TestKeys.OfSlots(4);

        await Task.WhenAll(RepeatAsync(one, keys), RepeatAsync(two, [.. keys.Reverse()]));

        static async Task RepeatAsync(ILockProvider provider, PositionKey[] keys)
        {
            for (var i = 0; i < 5; i++)
                await using (await provider.AcquireAllAsync(keys, Patience))
                    await Task.Yield();
        }
    }

    [Fact]
    public async Task AcquireAllAsync_OneKeyHeld_TimesOutAndLeavesNothing()
    {
        var (one, two) = (await StartAsync(), await StartAsync());
        var keys = TestKeys.OfSlots(3);
        await using var lease = await one.AcquireAsync(keys[2], Patience);

        var timeout = await Assert.ThrowsAsync<LockTimeoutException>(async () => await two.AcquireAllAsync(keys, TimeSpan.FromMilliseconds(300)));

        Assert.Equal(keys[2], timeout.Key);
        await using var first = await one.AcquireAllAsync(keys[..2], Patience);
    }

    [Fact]
    public async Task Keys_ThatBreakARule_AreRefused()
    {
        var provider = await StartAsync();

        Assert.Throws<ArgumentException>(() => provider.GetLock("a:b", "EURUSD"));
        Assert.Throws<ArgumentException>(() => provider.GetLock("", "EURUSD"));
        Assert.Throws<ArgumentException>(() => provider.GetLock("5GhC", "EUR\0USD"));
        await Assert.ThrowsAsync<ArgumentNullException>(async () => await provider.AcquireAsync(default));
        await Assert.ThrowsAsync<ArgumentNullException>(async () => await provider.AcquireAllAsync([default]));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await provider.AcquireAsync(Key, TimeSpan.FromSeconds(-2)));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await provider.TryAcquireAsync(Key, TimeSpan.FromDays(100)));
    }

    [Fact]
    public async Task FencingToken_OfEveryLease_IsGreaterThanAllBefore()
    {
        var providers = new[] { await StartAsync(), await StartAsync() };
        long last = 0;

        for (var i = 0; i < 10; i++)
        {
            await using var lease = await providers[i % 2].AcquireAsync(Key, Patience);
            Assert.True(lease.FencingToken > last, $"{lease.FencingToken} after {last}");
            last = lease.FencingToken;
        }
    }
}
