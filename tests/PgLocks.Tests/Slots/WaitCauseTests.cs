using PgLocks.Slots;

namespace PgLocks.Tests.Slots;

public sealed class WaitCauseTests
{
    private readonly CauseSink _sink = new();
    private readonly SlotFixture _fixture;

    public WaitCauseTests() => _fixture = new SlotFixture(sink: _sink);

    [Fact]
    public async Task Release_SameKeyWaitsWhileTheSlotIsYielded_IsNoCollision()
    {
        var lease = await YieldedWhileHeld();
        var waiter = _fixture.TryAcquireAsync(SlotFixture.Key, TimeSpan.FromSeconds(5));

        lease.Dispose();
        _fixture.Gained(epoch: 3);
        (await SlotFixture.Granted(waiter)).Dispose();

        Assert.Equal(WaitCauses.Key, _sink.Last);
    }

    [Fact]
    public async Task Release_OtherKeyWaitsWhileTheSlotIsYielded_IsACollision()
    {
        var lease = await YieldedWhileHeld();
        var waiter = _fixture.TryAcquireAsync(SlotFixture.OtherKey, TimeSpan.FromSeconds(5));

        lease.Dispose();
        _fixture.Gained(epoch: 3);
        (await SlotFixture.Granted(waiter)).Dispose();

        Assert.Equal(WaitCauses.Slot, _sink.Last);
    }

    [Fact]
    public async Task Release_OtherKeyBeginsTheYield_IsACollision()
    {
        var lease = await AskedWhileHeld();
        var waiter = _fixture.TryAcquireAsync(SlotFixture.OtherKey, TimeSpan.FromSeconds(5));

        lease.Dispose();
        _fixture.Gained(epoch: 3);
        (await SlotFixture.Granted(waiter)).Dispose();

        Assert.Equal(WaitCauses.Slot, _sink.Last);
    }

    private async Task<LockLease> YieldedWhileHeld()
    {
        var lease = await AskedWhileHeld();
        Assert.Null(await _fixture.TryAcquireAsync(SlotFixture.OtherKey));
        Assert.Equal(SlotState.Yielding, _fixture.Slot.State);
        return lease;
    }

    private async Task<LockLease> AskedWhileHeld()
    {
        var first = _fixture.TryAcquireAsync(SlotFixture.Key);
        _fixture.Gained();
        var lease = await SlotFixture.Granted(first);
        _fixture.Pool.Asked(0);
        _fixture.Advance(5);
        return lease;
    }

    /// <summary>Remembers the causes of the last wait that was reported.</summary>
    private sealed class CauseSink : LockSink
    {
        internal EndedWait? LastWait { get; private set; }

        internal WaitCauses? Last => LastWait?.Causes;

        internal override KeySink ForKey(KeyLock keyLock) => new OneKey(this);

        private sealed class OneKey(CauseSink all) : KeySink
        {
            internal override void Released(long held, EndedWait? wait, bool lost) => all.LastWait = wait;

            internal override void TimedOut(long waited)
            {
            }
        }
    }
}
