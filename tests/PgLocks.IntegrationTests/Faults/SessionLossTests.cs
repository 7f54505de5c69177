using PgLocks.IntegrationTests.Locks;
using PgLocks.TestKit;
using PgLocks.TestKit.Network;

namespace PgLocks.IntegrationTests.Faults;

/// <summary>What happens when the server or the network takes a session away.</summary>
public sealed class SessionLossTests(PostgresServer server) : IAsyncLifetime
{
    private static readonly PositionKey Key = TestKeys.OfSlot(5, 1)[0];

    private TestDatabase _database = null!;

    public async ValueTask InitializeAsync() => _database = await server.CreateDatabaseAsync();

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task Terminate_HomeOfAHolder_LosesItsLeasesAndGainsAnew()
    {
        await using var provider = await _database.StartShortLivedAsync();
        var lease = await provider.AcquireAsync(Key);

        await TerminateOwnerAsync();

        await Eventually.ThatAsync(() => lease.LostToken.IsCancellationRequested, because: "the loss is noticed");
        lease.Dispose();
        await using var next = await provider.AcquireAsync(Key, TimeSpan.FromSeconds(30));
        Assert.True(next.FencingToken > lease.FencingToken);
    }

    [Fact]
    [Trait("Pitfall", "1: the server frees locks before their owner can know")]
    public async Task Terminate_HomeOfAHolder_TheNextOwnerWaitsForTheLockDelay()
    {
        await using var provider = await _database.StartShortLivedAsync();
        await using var other = await _database.StartShortLivedAsync();
        await using var lease = await provider.AcquireAsync(Key);
        var terminatedAt = TimeProvider.System.GetTimestamp();

        await TerminateOwnerAsync();

        await using var next = await other.AcquireAsync(Key, TimeSpan.FromSeconds(30));
        Assert.True(TimeProvider.System.GetElapsedTime(terminatedAt) >= TimeSpan.FromMilliseconds(1100), "granted within the lock delay");
        Assert.True(lease.LostToken.IsCancellationRequested);
        Assert.True(next.FencingToken > lease.FencingToken);
    }

    [Fact]
    [Trait("Pitfall", "17: a waiting statement holds vacuum back")]
    public async Task Terminate_WaiterSessionInLine_StandsInLineAgain()
    {
        await using var owner = await _database.StartProviderAsync();
        await using var waiter = await _database.StartProviderAsync();
        var lease = await owner.AcquireAsync(Key);
        var wait = waiter.AcquireAsync(Key, TimeSpan.FromSeconds(30)).AsTask();
        await _database.UntilWaitedForAsync(5);
        var pid = await _database.WaiterPidAsync(5);

        await _database.ExecuteAsync("SELECT pg_terminate_backend($1)", pid);
        await Eventually.ThatAsync(async () => await _database.WaiterPidAsync(5) is var next && next != 0 && next != pid, because: "another session waits");
        lease.Dispose();

        (await wait).Dispose();
    }

    [Fact]
    [Trait("Pitfall", "16: cancelling a wait for notifications")]
    public async Task Terminate_Listener_KeptSlotsAreStillYielded()
    {
        await using var keeper = await _database.StartProviderAsync();
        await using var asker = await _database.StartProviderAsync();
        (await keeper.AcquireAsync(Key)).Dispose();

        await _database.ExecuteAsync("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE 'pglocks:%:listener'");

        await using var lease = await asker.AcquireAsync(Key, TimeSpan.FromSeconds(30));
    }

    [Fact]
    [Trait("Pitfall", "7: the driver's timeouts do not bound a heartbeat")]
    public async Task Stall_SilentNetworkPastTheLease_LosesTheLeaseByTheOwnClock()
    {
        await using var proxy = TcpProxy.Start(_database.ConnectionString);
        await using var provider = await _database.StartShortLivedAsync(options => options.ConnectionString = proxy.Through(_database.ConnectionString));
        await using var other = await _database.StartShortLivedAsync();
        var lease = await provider.AcquireAsync(Key);

        proxy.Stall();

        await Eventually.ThatAsync(() => lease.LostToken.IsCancellationRequested, because: "the deadline passes");
        lease.Dispose();
        Assert.Null(await provider.TryAcquireAsync(Key, TimeSpan.FromMilliseconds(20)));
        await using (var next = await other.AcquireAsync(Key, TimeSpan.FromSeconds(30)))
            Assert.True(next.FencingToken > lease.FencingToken);
        proxy.Resume();
        await using var again = await provider.AcquireAsync(Key, TimeSpan.FromSeconds(30));
        Assert.True(again.FencingToken > lease.FencingToken);
    }

    [Fact]
    public async Task Reset_EveryConnection_CallersGoOnAfterwards()
    {
        await using var proxy = TcpProxy.Start(_database.ConnectionString);
        var worst = 0;
        await using (var provider = await _database.StartShortLivedAsync(options => options.ConnectionString = proxy.Through(_database.ConnectionString)))
        {
            var inside = 0;
            await Task.WhenAll(Enumerable.Range(0, 8).Select(caller => Task.Run(async () =>
            {
                for (var i = 0; i < 20; i++)
                {
                    await using var lease = await provider.AcquireAsync(Key, TimeSpan.FromSeconds(60));
                    worst = Math.Max(worst, Interlocked.Increment(ref inside));
                    await Task.Yield();
                    Interlocked.Decrement(ref inside);
                    if (caller == 0 && i == 10)
                        proxy.Reset();
                }
            })));
        }

        Assert.Equal(1, worst);
        await _database.NothingIsLeftAsync();
    }

    private async Task TerminateOwnerAsync()
    {
        var pid = await _database.OwnerPidAsync(5);
        Assert.True(await _database.ScalarAsync<bool>("SELECT pg_terminate_backend($1)", pid));
    }
}
