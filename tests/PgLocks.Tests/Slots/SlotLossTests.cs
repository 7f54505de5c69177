using PgLocks.Slots;

namespace PgLocks.Tests.Slots;

/// <summary>What becomes of a slot whose session is lost, and when one opens that was gained from a server that has just come up.</summary>
public sealed class SlotLossTests
{
    private readonly SlotFixture _fixture = new();

    [Fact]
    public async Task Lost_KeptAndWantedByNobody_IsGainedAgainAndItsLockDelayPassesMeanwhile()
    {
        await KeepAsync(_fixture);

        _fixture.Pool.Lost(_fixture.Session);

        Assert.Equal("gain", Assert.Single(_fixture.Posted));
        _fixture.Gained(epoch: 3, unclean: true);
        _fixture.Advance(3500);
        (await SlotFixture.Granted(_fixture.TryAcquireAsync(SlotFixture.Key))).Dispose();
    }

    [Fact]
    public async Task Lost_AnotherOwnsItByNow_IsLeftToThem()
    {
        await KeepAsync(_fixture);
        _fixture.Pool.Lost(_fixture.Session);

        Assert.False(_fixture.Pool.Blocked(0, sentAt: 0));

        Assert.Equal(SlotState.None, _fixture.Slot.State);
    }

    [Fact]
    public async Task Lost_WithoutRetention_IsNotGainedAgain()
    {
        var fixture = new SlotFixture(options => options.Retention = Retention.Off);
        var waiter = fixture.TryAcquireAsync(SlotFixture.Key, TimeSpan.FromSeconds(1));
        fixture.Gained();
        var lease = await SlotFixture.Granted(waiter);

        fixture.Pool.Lost(fixture.Session);

        Assert.Empty(fixture.Posted);
        Assert.Equal(SlotState.Lost, fixture.Slot.State);
        lease.Dispose();
    }

    [Fact]
    public async Task Lost_Closed_IsNotGainedAgain()
    {
        await KeepAsync(_fixture);
        _fixture.Pool.Close();
        _fixture.Posted.Clear();

        _fixture.Pool.Lost(_fixture.Session);

        Assert.Empty(_fixture.Posted);
    }

    [Fact]
    public async Task Lost_SharedAndWanted_DoesNotWaitForTheTurn()
    {
        var first = _fixture.TryAcquireAsync(SlotFixture.Key, TimeSpan.FromSeconds(5));
        _fixture.Gained();
        var lease = await SlotFixture.Granted(first);
        _fixture.Pool.Asked(0);
        _fixture.Advance(5);
        var waiter = _fixture.TryAcquireAsync(SlotFixture.OtherKey, TimeSpan.FromSeconds(5));
        for (var slot = 1; slot <= 4; slot++)
            _fixture.Pool.Turn.Blocked(slot, _fixture.Time.GetTimestamp());

        _fixture.Pool.Lost(_fixture.Session);

        Assert.Equal("gain", Assert.Single(_fixture.Posted));
        Assert.False(waiter.IsCompleted);
        lease.Dispose();
    }

    [Fact]
    public async Task Gained_LastOwnerReleasedButTheServerIsYoung_OpensOnceTheServerIsOldEnough()
    {
        var waiter = _fixture.TryAcquireAsync(SlotFixture.Key, TimeSpan.FromSeconds(5));
        _fixture.Gained(opensAt: _fixture.Time.GetTimestamp() + TimeSpan.FromSeconds(1).Ticks);
        _fixture.Advance(999);
        Assert.False(waiter.IsCompleted);

        _fixture.Advance(1);

        (await SlotFixture.Granted(waiter)).Dispose();
        Assert.Equal(1, _fixture.Pool.Counts.UncleanGains);
    }

    [Fact]
    public async Task Gained_LastOwnerDiedOnAYoungServer_WaitsTheWholeLockDelay()
    {
        var waiter = _fixture.TryAcquireAsync(SlotFixture.Key, TimeSpan.FromSeconds(5));
        _fixture.Gained(unclean: true, opensAt: _fixture.Time.GetTimestamp() + TimeSpan.FromSeconds(1).Ticks);
        _fixture.Advance(1000);
        Assert.False(waiter.IsCompleted);

        _fixture.Advance(2500);

        (await SlotFixture.Granted(waiter)).Dispose();
    }

    [Fact]
    public async Task Gained_LastOwnerDiedAndThereIsNoLockDelay_OpensAtOnceAndCountsAsUnclean()
    {
        var fixture = new SlotFixture(options => options.UnfencedDelay = false);
        var waiter = fixture.TryAcquireAsync(SlotFixture.Key, TimeSpan.FromSeconds(5));

        fixture.Gained(unclean: true);

        (await SlotFixture.Granted(waiter)).Dispose();
        Assert.Equal(1, fixture.Pool.Counts.UncleanGains);
    }

    private static async Task KeepAsync(SlotFixture fixture)
    {
        var waiter = fixture.TryAcquireAsync(SlotFixture.Key, TimeSpan.FromSeconds(1));
        fixture.Gained();
        (await SlotFixture.Granted(waiter)).Dispose();
        Assert.Empty(fixture.Posted);
    }
}
