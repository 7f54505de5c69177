namespace PgLocks.IntegrationTests.Backends;

/// <summary>As the contract, for providers whose waiters stand in one line between processes.</summary>
public abstract class FifoLockProviderContract : LockProviderContract
{
    /// <summary>Returns when so many wait for the key, as the server sees them.</summary>
    protected abstract Task UntilWaitingAsync(PositionKey key, int waiters);

    [Fact]
    public async Task AcquireAsync_Waiters_AreGrantedFirstComeFirstServed()
    {
        var providers = new[] { await StartAsync(), await StartAsync() };
        var holder = await (await StartAsync()).AcquireAsync(Key, Patience);
        var order = new List<int>();
        var waits = new List<Task>();
        for (var i = 0; i < 6; i++)
        {
            waits.Add(EnterAsync(i));
            await UntilWaitingAsync(Key, i + 1);
        }

        holder.Dispose();
        await Task.WhenAll(waits);

        Assert.Equal(Enumerable.Range(0, 6), order);

        async Task EnterAsync(int number)
        {
            await using var lease = await providers[number % 2].AcquireAsync(Key, Patience);
            order.Add(number);
        }
    }
}
