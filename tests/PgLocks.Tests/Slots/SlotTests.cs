using PgLocks.Slots;

namespace PgLocks.Tests.Slots;

public sealed class SlotTests
{
    private readonly SlotFixture _fixture = new();

    [Fact]
    public async Task TryAcquireAsync_AnotherOwnsAndIsWaitedFor_EndsSoon()
    {
        var waiter = _fixture.TryAcquireAsync(SlotFixture.Key, TimeSpan.FromSeconds(5));
        Assert.True(_fixture.Pool.Blocked(0, sentAt: 0));

        var once = _fixture.TryAcquireAsync(SlotFixture.OtherKey);
        _fixture.Advance(20);

        Assert.True(once.IsCompleted);
        Assert.Null(await once);
        Assert.False(waiter.IsCompleted);
    }

    [Fact]
    public async Task TryAcquireAsync_LockDelayRuns_EndsAtOnce()
    {
        var waiter = _fixture.TryAcquireAsync(SlotFixture.Key, TimeSpan.FromSeconds(5));
        _fixture.Gained(unclean: true);

        var once = _fixture.TryAcquireAsync(SlotFixture.OtherKey);

        Assert.True(once.IsCompleted);
        Assert.Null(await once);
        _fixture.Advance(3500);
        (await SlotFixture.Granted(waiter)).Dispose();
    }

    [Fact]
    public async Task Anticipate_LastOwnerDied_TheLockDelayRunsBeforeTheCallerComes()
    {
        _fixture.Keys.Find(SlotFixture.Key).Anticipate();
        _fixture.Gained(unclean: true);
        _fixture.Advance(3000);

        var waiter = _fixture.TryAcquireAsync(SlotFixture.Key, TimeSpan.FromSeconds(5));
        Assert.False(waiter.IsCompleted);
        _fixture.Advance(500);

        (await SlotFixture.Granted(waiter)).Dispose();
    }

    [Fact]
    public void Anticipate_AnotherOwnsTheSlot_LeavesItAlone()
    {
        _fixture.Keys.Find(SlotFixture.Key).Anticipate();
        Assert.Equal("gain", Assert.Single(_fixture.Posted));

        Assert.False(_fixture.Pool.Blocked(0, sentAt: 0));

        Assert.Equal(SlotState.None, _fixture.Slot.State);
    }

    [Fact]
    public void Anticipate_RetentionOff_GainsNothingThatWouldBeReleasedAtOnce()
    {
        var fixture = new SlotFixture(options => options.Retention = Retention.Off);

        fixture.Keys.Find(SlotFixture.Key).Anticipate();

        Assert.Empty(fixture.Posted);
    }

    [Fact]
    public async Task TryAcquireAsync_QuantumOverAndALeaseHeld_EndsAtOnce()
    {
        var first = _fixture.TryAcquireAsync(SlotFixture.Key);
        _fixture.Gained();
        using var lease = await SlotFixture.Granted(first);
        _fixture.Pool.Asked(0);
        _fixture.Advance(5);

        var once = _fixture.TryAcquireAsync(SlotFixture.OtherKey);

        Assert.True(once.IsCompleted);
        Assert.Null(await once);
        Assert.Equal(SlotState.Yielding, _fixture.Slot.State);
    }

    [Fact]
    public async Task AcquireAsync_YieldHeldUpByALease_IsGrantedAfterAWhile()
    {
        var first = _fixture.TryAcquireAsync(SlotFixture.Key);
        _fixture.Gained();
        using var lease = await SlotFixture.Granted(first);
        _fixture.Pool.Asked(0);
        _fixture.Advance(5);

        var nested = _fixture.TryAcquireAsync(SlotFixture.OtherKey, TimeSpan.FromSeconds(5));
        Assert.False(nested.IsCompleted);
        _fixture.Advance(100);

        (await SlotFixture.Granted(nested)).Dispose();
    }

    [Fact]
    public async Task Gained_QuantumZeroAndContended_StillGrants()
    {
        var fixture = new SlotFixture(options => options.Quantum = TimeSpan.Zero);
        var waiter = fixture.TryAcquireAsync(SlotFixture.Key, TimeSpan.FromSeconds(5));
        fixture.Pool.Asked(0);

        fixture.Gained();

        (await SlotFixture.Granted(waiter)).Dispose();
        Assert.Equal("release", Assert.Single(fixture.Posted));
    }

    [Fact]
    public async Task Asked_WhileGaining_IsRememberedAndYieldsAfterTheLastLease()
    {
        var waiter = _fixture.TryAcquireAsync(SlotFixture.Key, TimeSpan.FromSeconds(5));
        _fixture.Pool.Asked(0);
        _fixture.Gained();
        var lease = await SlotFixture.Granted(waiter);
        Assert.Empty(_fixture.Posted);

        lease.Dispose();

        Assert.Equal("release", Assert.Single(_fixture.Posted));
    }

    /// <summary>Who asked may not stand in the server's line yet when the slot is released, and is heard of again only when it repeats its request.</summary>
    [Theory]
    [InlineData(3, true)]
    [InlineData(5, false)]
    public async Task Asked_AndNobodyElseHasOwnedTheSlotSince_YieldsOnceMore(long number, bool yields)
    {
        var first = _fixture.TryAcquireAsync(SlotFixture.Key);
        _fixture.Gained(epoch: 1);
        var lease = await SlotFixture.Granted(first);
        _fixture.Pool.Asked(0);
        var next = _fixture.TryAcquireAsync(SlotFixture.Key, TimeSpan.FromSeconds(5));
        _fixture.Advance(3);
        lease.Dispose();
        Assert.Equal(["release", "gain"], _fixture.Posted);

        _fixture.Advance(20);
        _fixture.Gained(number);
        (await SlotFixture.Granted(next)).Dispose();

        Assert.Equal(yields ? ["release"] : [], _fixture.Posted);
    }

    [Fact]
    public async Task Release_LastLeaseAndNobodyAsks_KeepsTheSlot()
    {
        var waiter = _fixture.TryAcquireAsync(SlotFixture.Key);
        _fixture.Gained();

        (await SlotFixture.Granted(waiter)).Dispose();

        Assert.Empty(_fixture.Posted);
        (await SlotFixture.Granted(_fixture.TryAcquireAsync(SlotFixture.OtherKey))).Dispose();
    }

    [Fact]
    public async Task Release_LastLeaseWithoutRetention_ReleasesTheSlot()
    {
        var fixture = new SlotFixture(options => options.Retention = Retention.Off);
        var waiter = fixture.TryAcquireAsync(SlotFixture.Key);
        fixture.Gained();

        (await SlotFixture.Granted(waiter)).Dispose();

        Assert.Equal("release", Assert.Single(fixture.Posted));
    }

    [Fact]
    public async Task AcquireAsync_DeadlinePassedUnseen_GrantsNothingAndAsksTheServer()
    {
        var first = _fixture.TryAcquireAsync(SlotFixture.Key);
        _fixture.Gained();
        var old = await SlotFixture.Granted(first);
        old.Dispose();
        _fixture.Time.Advance(TimeSpan.FromTicks(_fixture.Session.Deadline - _fixture.Time.GetTimestamp()));

        var late = _fixture.TryAcquireAsync(SlotFixture.Key, TimeSpan.FromSeconds(1));

        Assert.False(late.IsCompleted);
        Assert.True(old.LostToken.IsCancellationRequested);
        Assert.Equal("gain", Assert.Single(_fixture.Posted));
    }

    [Fact]
    public async Task AcquireAsync_NumbersExhaustedAndNoneDrawn_GainsAnewAndGoesOn()
    {
        var gate = _fixture.Keys.Find(SlotFixture.Key);
        var first = gate.TryAcquireAsync(TimeSpan.FromSeconds(1), default);
        _fixture.Gained(epoch: 1);
        var lease = await SlotFixture.Granted(first);
        for (var grants = 1; grants < 1 << Tenure.CounterBits; grants++)
        {
            lease.Dispose();
            lease = await SlotFixture.Granted(gate.TryAcquireAsync(TimeSpan.FromSeconds(1), default));
        }
        var last = lease.FencingToken;
        lease.Dispose();

        var next = gate.TryAcquireAsync(TimeSpan.FromSeconds(1), default);

        Assert.Equal(["draw", "release", "gain"], _fixture.Posted);
        _fixture.Gained(epoch: 3);
        Assert.True((await SlotFixture.Granted(next)).FencingToken > last);
    }
}
