using Npgsql;
using PgLocks.Backends;
using PgLocks.Backends.Rollout;
using PgLocks.IntegrationTests.Locks;
using PgLocks.IntegrationTests.Schema;
using PgLocks.TestKit;

namespace PgLocks.IntegrationTests.Rollout;

/// <summary>The provider over two folders: which locks it takes, when it loses them, and beside whom it does not start.</summary>
public sealed class RolloutLockProviderTests(PostgresServer server)
{
    private static readonly PositionKey[] Keys = [.. TestKeys.OfSlots(20)];

    [Fact]
    public async Task AcquireAsync_EachMode_TakesItsLocks()
    {
        await using var fixture = await RolloutFixture.CreateAsync(server);
        await using var rollout = await fixture.StartAsync("orders");
        var (oldSide, newSide) = (await fixture.FilesAsync("old"), await fixture.FilesAsync("new"));

        Assert.Equal((true, false), await LockedAsync());
        await fixture.StepAsync("start");
        Assert.Equal((true, true), await LockedAsync());
        await fixture.StepAsync("advance");
        Assert.Equal((false, true), await LockedAsync());
        await fixture.StepAsync("abort");
        Assert.Equal((true, true), await LockedAsync());

        async Task<(bool Old, bool New)> LockedAsync()
        {
            await using var lease = await rollout.AcquireAsync(TestKeys.Key);
            await using var oldLease = await oldSide.TryAcquireAsync(TestKeys.Key);
            await using var newLease = await newSide.TryAcquireAsync(TestKeys.Key);
            return (oldLease is null, newLease is null);
        }
    }

    [Fact]
    public async Task AcquireAsync_APercentageOfKeys_OnlyThoseAreMoved()
    {
        await using var fixture = await RolloutFixture.CreateAsync(server);
        await using var rollout = await fixture.StartAsync("orders");
        var newSide = await fixture.FilesAsync("new");
        await fixture.StepAsync("start", "--percent", "40");

        foreach (var key in Keys)
        {
            await using var lease = await rollout.AcquireAsync(key);
            await using var free = await newSide.TryAcquireAsync(key);
            Assert.Equal(RolloutState.HashOf(key) < 40, free is null);
        }
        await using var all = await rollout.AcquireAllAsync(Keys);
        Assert.Equal(Keys.Order(Comparer<PositionKey>.Create((a, b) => a.Slot().CompareTo(b.Slot()))), all.Leases.Select(lease => lease.Key));
        foreach (var key in Keys)
        {
            await using var free = await newSide.TryAcquireAsync(key);
            Assert.Equal(RolloutState.HashOf(key) < 40, free is null);
        }
    }

    [Fact]
    public async Task FencingToken_FromOldToNew_IncreasesAtEveryStep()
    {
        await using var fixture = await RolloutFixture.CreateAsync(server);
        await using var newSide = await fixture.Database.StartProviderAsync();
        // The new side has granted the key before, and still keeps its slot.
        (await newSide.AcquireAsync(TestKeys.Key)).Dispose();
        await using var rollout = await RolloutLockProvider.StartAsync(await fixture.FilesAsync("old"), newSide, RolloutWitness.Options(fixture.Database.ConnectionString, "orders"));
        long last = 0;

        foreach (var step in new[] { "status", "start", "advance" })
        {
            if (step != "status")
                await fixture.StepAsync(step);
            await using var lease = await rollout.AcquireAsync(TestKeys.Key);
            Assert.True(lease.FencingToken > last, $"{lease.FencingToken} after {last} in step {step}");
            last = lease.FencingToken;
        }

        Assert.True(await fixture.Database.ScalarAsync<long>("SELECT last_value FROM pglocks.slot_1346849792_0") >= 1 << 20);
        await rollout.DisposeAsync();
    }

    [Fact]
    public async Task TryAcquireAsync_HeldOnTheNewSide_GivesTheOldLockBack()
    {
        await using var fixture = await RolloutFixture.CreateAsync(server);
        await using var rollout = await fixture.StartAsync("orders");
        await fixture.StepAsync("start");
        await using var held = await (await fixture.FilesAsync("new")).AcquireAsync(TestKeys.Key);

        Assert.Null(await rollout.TryAcquireAsync(TestKeys.Key));
        await Assert.ThrowsAsync<LockTimeoutException>(async () => await rollout.AcquireAsync(TestKeys.Key, TimeSpan.FromMilliseconds(50)));

        await using var free = await (await fixture.FilesAsync("old")).TryAcquireAsync(TestKeys.Key, TimeSpan.FromSeconds(10));
        Assert.NotNull(free);
    }

    [Fact]
    public async Task Terminate_TheSession_LosesTheLeaseJoinsAgainAndGrants()
    {
        await using var fixture = await RolloutFixture.CreateAsync(server);
        await using var rollout = await fixture.StartAsync("orders");
        await using (var lease = await rollout.AcquireAsync(TestKeys.Key))
        {
            await fixture.Database.ScalarAsync<bool>("SELECT pg_terminate_backend(backend_pid) FROM pglocks.rollout_instances");
            await Eventually.ThatAsync(() => lease.LostToken.IsCancellationRequested, because: "the server no longer vouches for the process");
            await Assert.ThrowsAsync<LeaseLostException>(async () => await lease.FenceAsync(Backends.FakeTransaction.Any));
        }

        await using var next = await rollout.AcquireAsync(TestKeys.Key, TimeSpan.FromSeconds(30));

        Assert.False(next.LostToken.IsCancellationRequested);
    }

    [Theory]
    [InlineData("new", "old")]
    [InlineData("elsewhere", "new")]
    [InlineData("old", "elsewhere")]
    public async Task StartAsync_OtherSidesThanALiveProcess_IsRefusedAndNamesIt(string oldFolder, string newFolder)
    {
        await using var fixture = await RolloutFixture.CreateAsync(server);
        await using (var rollout = await fixture.StartAsync("orders"))
        {
            var refused = await Assert.ThrowsAsync<PgLocksConfigurationException>(() => fixture.StartAsync("late", oldFolder, newFolder));
            Assert.Contains($"orders@{Environment.MachineName} (pid {Environment.ProcessId})", refused.Message, StringComparison.Ordinal);
            Assert.Contains($"/{oldFolder} on ", refused.Message, StringComparison.Ordinal);
        }

        await fixture.StartAsync("late", oldFolder, newFolder);
    }

    [Fact]
    public async Task StartAsync_BadSides_AreRefused()
    {
        await using var fixture = await RolloutFixture.CreateAsync(server);

        await Assert.ThrowsAsync<PgLocksConfigurationException>(() => fixture.StartAsync("orders", "same", "same"));
        await Assert.ThrowsAsync<PgLocksConfigurationException>(() => fixture.StartAsync("orders", change: options => options.OldSide = new string('x', 201)));
        await Assert.ThrowsAsync<PgLocksConfigurationException>(() => fixture.StartAsync("orders", change: options => options.HeartbeatInterval = options.LeaseDuration));
        await Assert.ThrowsAsync<PgLocksConfigurationException>(() => fixture.StartAsync("orders", change: options => options.Space = "nowhere"));
    }

    [Fact]
    public async Task StartAsync_AppRole_MayTakePartAndMayNotChange()
    {
        await using var fixture = await RolloutFixture.CreateAsync(server);
        await using var app = await TestRole.CreateAsync(fixture.Database, memberOf: "pglocks_app");
        await using var rollout = await fixture.StartAsync("orders", change: options => options.ConnectionString = app.ConnectionString);
        await fixture.StepAsync("start");
        (await rollout.AcquireAsync(TestKeys.Key)).Dispose();

        await Eventually.ThatAsync(() => fixture.Database.ScalarAsync<bool>("SELECT EXISTS (SELECT FROM pglocks.rollout_stats)"), because: "it writes its figures");
        var refused = await ToolRun.OfAsync("rollout", "advance", "--output", "json", "--connection", app.ConnectionString);
        Assert.Equal("permission_denied", refused.Json.GetProperty("error").GetProperty("code").GetString());
        await rollout.DisposeAsync();
    }

    [Fact]
    public async Task DisposeAsync_OfTheProvider_IsNotCountedAndGrantsNothing()
    {
        await using var fixture = await RolloutFixture.CreateAsync(server);
        var rollout = await fixture.StartAsync("orders");

        await rollout.DisposeAsync();

        Assert.Equal(0, await fixture.Database.ScalarAsync<long>("SELECT count(*) FROM pglocks.rollout_instances"));
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await rollout.AcquireAsync(TestKeys.Key));
    }

    [Theory]
    [InlineData(1, 100)]
    [InlineData(50, 40)]
    public async Task ChangeRollout_KeysWouldJumpOverBoth_IsRefusedByTheServer(int newPercent, int bothPercent)
    {
        await using var fixture = await RolloutFixture.CreateAsync(server);

        await Assert.ThrowsAsync<PostgresException>(() =>
            fixture.Database.ScalarAsync<long>("SELECT pglocks.change_rollout('default', 0, $1::int2, $2::int2)", newPercent, bothPercent));

        Assert.Equal(0, await fixture.Database.ScalarAsync<long>("SELECT rollout_generation FROM pglocks.spaces"));
    }
}
