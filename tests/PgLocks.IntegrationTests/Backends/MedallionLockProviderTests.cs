using PgLocks.IntegrationTests.Faults;
using PgLocks.IntegrationTests.Locks;
using PgLocks.TestKit;

namespace PgLocks.IntegrationTests.Backends;

public sealed class MedallionLockProviderTests(PostgresServer server) : PostgresLockProviderContract(server)
{
    protected override string Backend => "medallion";

    [Fact]
    public async Task AcquireAsync_HeldByANativeInstanceInAnotherProcess_IsExcludedUntilItsRelease()
    {
        var provider = await StartAsync();
        await using var native = await Worker.StartAsync(Database, "hold", Retention.Adaptive);
        var token = await native.AcquireAsync(Key);

        Assert.Null(await provider.TryAcquireAsync(Key, TimeSpan.FromMilliseconds(100)));
        await native.AskAsync($"release {Key.MinerHotkey}");

        await using var lease = await provider.AcquireAsync(Key, Patience);
        Assert.True(lease.FencingToken > token, $"{lease.FencingToken} after {token}");
    }

    [Fact]
    public async Task AcquireAsync_ByANativeInstance_WaitsForALeaseHere()
    {
        var provider = await StartAsync();
        await using var native = await Worker.StartAsync(Database, "hold", Retention.Adaptive);
        var lease = await provider.AcquireAsync(Key, Patience);
        var order = Worker.AcquireOrder(Key);

        await native.TellAsync(order);
        await Database.UntilWaitedForAsync(Key.Slot());
        Assert.DoesNotContain(native.Process.Output, line => line.StartsWith(order, StringComparison.Ordinal));
        lease.Dispose();

        Assert.True(await Worker.TokenAsync(native.AnswerAsync(order)) > lease.FencingToken);
    }

    [Fact]
    public async Task Kill_HolderWhoseSessionSleeps_IsSeenBeforeTheSleepIsOver()
    {
        var provider = await StartAsync();
        var worker = await StartWorkerAsync();
        await worker.AcquireAsync(Key);
        await Eventually.EqualAsync(
            "PgSleep",
            async () => await Database.ScalarAsync<string?>("SELECT wait_event FROM pg_stat_activity WHERE pid = $1", await Database.OwnerPidAsync(Key.Slot())),
            because: "DistributedLock watches the holder's session by a sleep of a minute");

        worker.Process.Signal(ProcessSignal.Kill);

        await using var lease = await provider.AcquireAsync(Key, TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task Terminate_TheHoldersSession_CancelsTheLostTokenAndRefusesTheFence()
    {
        var (one, two) = (await StartAsync(), await StartAsync());
        await using var lease = await one.AcquireAsync(Key, Patience);
        var lost = lease.LostToken;

        await Database.ExecuteAsync("SELECT pg_terminate_backend($1)", await Database.OwnerPidAsync(Key.Slot()));

        await Eventually.ThatAsync(() => lost.IsCancellationRequested, because: "DistributedLock watches its connection");
        await using var next = await two.AcquireAsync(Key, Patience);
        await Database.FenceAsync(next);
        await Assert.ThrowsAsync<LeaseLostException>(() => Database.FenceAsync(lease));
    }
}
