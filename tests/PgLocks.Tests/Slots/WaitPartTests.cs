namespace PgLocks.Tests.Slots;

/// <summary>A wait is taken apart without a rest.</summary>
public sealed class WaitPartTests
{
    private readonly LastWaitSink _sink = new();
    private readonly SlotFixture _fixture;

    public WaitPartTests() => _fixture = new SlotFixture(sink: _sink);

    private long Now => _fixture.Time.GetTimestamp();

    [Fact]
    public async Task Release_AfterAGain_WaitedForTheSessionAndThenTheServer()
    {
        var wait = _fixture.TryAcquireAsync(SlotFixture.Key, TimeSpan.FromSeconds(5));
        _fixture.Advance(1);
        var sentAt = Now;
        _fixture.Advance(3);
        _fixture.Gained(sentAt: sentAt);

        await AssertPartsAsync(wait, (WaitPart.Session, 1), (WaitPart.Server, 3));
    }

    [Fact]
    public async Task Release_CameWhileTheServerWasAsked_WaitedForTheServerOnly()
    {
        var first = _fixture.TryAcquireAsync(SlotFixture.Key, TimeSpan.FromSeconds(5));
        _fixture.Advance(1);
        var sentAt = Now;
        _fixture.Advance(1);
        var second = _fixture.TryAcquireAsync(SlotFixture.OtherKey, TimeSpan.FromSeconds(5));
        _fixture.Advance(3);
        _fixture.Gained(sentAt: sentAt);
        (await SlotFixture.Granted(first)).Dispose();

        await AssertPartsAsync(second, (WaitPart.Server, 3));
    }

    [Fact]
    public async Task Release_AfterAWaitInLine_GivesTheOwnerAQuantumAndBlamesItForTheRest()
    {
        var wait = _fixture.TryAcquireAsync(SlotFixture.Key, TimeSpan.FromSeconds(5));
        var sentAt = Now;
        _fixture.Advance(1);
        Assert.True(_fixture.Pool.Blocked(0, sentAt));
        _fixture.Advance(4);
        sentAt = Now;
        _fixture.Advance(20);
        _fixture.Gained(sentAt: sentAt);

        await AssertPartsAsync(wait, (WaitPart.Server, 1), (WaitPart.Session, 4), (WaitPart.Yield, 2), (WaitPart.Owner, 18));
    }

    [Fact]
    public async Task Release_AfterALockDelay_BlamesTheDeadOwner()
    {
        var wait = _fixture.TryAcquireAsync(SlotFixture.Key, TimeSpan.FromSeconds(5));
        _fixture.Gained(unclean: true, sentAt: Now);
        _fixture.Advance(3500);

        await AssertPartsAsync(wait, (WaitPart.Owner, 3500));
    }

    [Fact]
    public async Task Release_AfterAHolderOfTheSameKey_WaitedForTheKey()
    {
        var first = _fixture.TryAcquireAsync(SlotFixture.Key, TimeSpan.FromSeconds(5));
        _fixture.Gained(sentAt: Now);
        var lease = await SlotFixture.Granted(first);
        var wait = _fixture.TryAcquireAsync(SlotFixture.Key, TimeSpan.FromSeconds(5));
        _fixture.Advance(7);
        lease.Dispose();

        await AssertPartsAsync(wait, (WaitPart.Key, 7));
    }

    [Fact]
    public async Task Release_YieldHeldUpByAnotherKey_WaitedForThat()
    {
        var first = _fixture.TryAcquireAsync(SlotFixture.Key, TimeSpan.FromSeconds(5));
        _fixture.Gained(sentAt: Now);
        var lease = await SlotFixture.Granted(first);
        _fixture.Pool.Asked(0);
        _fixture.Advance(5);
        var wait = _fixture.TryAcquireAsync(SlotFixture.OtherKey, TimeSpan.FromSeconds(5));
        _fixture.Advance(6);
        lease.Dispose();
        _fixture.Advance(1);
        _fixture.Gained(epoch: 3, sentAt: Now);

        await AssertPartsAsync(wait, (WaitPart.Slot, 6), (WaitPart.Session, 1));
    }

    private async Task AssertPartsAsync(ValueTask<LockLease?> wait, params (WaitPart Part, double Milliseconds)[] expected)
    {
        (await SlotFixture.Granted(wait)).Dispose();
        var last = Assert.IsType<EndedWait>(_sink.Last);
        var parts = Enum.GetValues<WaitPart>().Select(part => (part, TimeSpan.FromTicks(last.SpentOn(part)).TotalMilliseconds)).Where(part => part.TotalMilliseconds != 0);
        Assert.Equal(expected.OrderBy(part => part.Part), parts);
        Assert.Equal(last.Waited, Enum.GetValues<WaitPart>().Sum(last.SpentOn));
    }

    private sealed class LastWaitSink : LockSink
    {
        internal EndedWait? Last { get; private set; }

        internal override KeySink ForKey(KeyLock keyLock) => new OneKey(this);

        private sealed class OneKey(LastWaitSink all) : KeySink
        {
            internal override void Released(long held, EndedWait? wait, bool lost) => all.Last = wait;

            internal override void TimedOut(long waited)
            {
            }
        }
    }
}
