using PgLocks.Telemetry;

namespace PgLocks.Tests.Telemetry;

public sealed class KeySweepTests
{
    [Fact]
    public async Task Into_Holds_AreCountedWithSumMaximumAndHistogram()
    {
        var fixture = new TelemetryFixture();
        await fixture.HoldAsync(fixture.Gate(), TimeSpan.FromMilliseconds(1));
        await fixture.HoldAsync(fixture.Gate(), TimeSpan.FromMilliseconds(3));

        KeyInterval interval = Assert.Single(fixture.Collect().Intervals);

        Assert.Equal((2, 2, 4_000_000, 3_000_000), (interval.Delta.Acquired, interval.ZeroWaits, interval.Delta.HoldSum, interval.HoldMax));
        Assert.Equal([(short)Buckets.Of(1_000_000), (short)Buckets.Of(3_000_000)], interval.Holds.Buckets.Order());
    }

    [Fact]
    public async Task Into_WaitForTheKey_IsCountedWithItsCause()
    {
        var fixture = new TelemetryFixture();
        LockLease first = await fixture.Gate().AcquireAsync(null, TestContext.Current.CancellationToken);
        ValueTask<LockLease> second = fixture.Gate().AcquireAsync(null, TestContext.Current.CancellationToken);
        fixture.Time.Advance(TimeSpan.FromMilliseconds(5));
        first.Dispose();
        (await second).Dispose();

        KeyInterval interval = Assert.Single(fixture.Collect().Intervals);

        Assert.Equal((2, 1, 1, 5_000_000), (interval.Delta.Acquired, interval.ZeroWaits, interval.Waits.Delta.ContendedKey, interval.Waits.Max));
    }

    [Fact]
    public async Task Into_IntervalNotAccepted_ComesAgainWithTheNext()
    {
        var fixture = new TelemetryFixture();
        await fixture.HoldAsync(fixture.Gate(), TimeSpan.FromMilliseconds(1));
        fixture.Collect(accept: false);
        await fixture.HoldAsync(fixture.Gate(), TimeSpan.FromMilliseconds(1));

        Assert.Equal(2, Assert.Single(fixture.Collect().Intervals).Delta.Acquired);
        Assert.Empty(fixture.Collect().Intervals);
    }

    [Fact]
    public async Task Into_KeyIdleForLong_IsEvictedAndStillCounted()
    {
        var fixture = new TelemetryFixture();
        await fixture.HoldAsync(fixture.Gate(), TimeSpan.FromMilliseconds(1));
        long counted = 0;
        for (int i = 0; i <= KeySweep.MostIdle + 1; i++)
            counted += fixture.Collect().Recorded;

        Assert.Equal((0, 1, 0), (fixture.Tier.Count, counted, fixture.Sweep.Dropped));
    }

    [Fact]
    public async Task Into_KeyRetired_IsStillCounted()
    {
        var fixture = new TelemetryFixture();
        await fixture.HoldAsync(fixture.Gate(), TimeSpan.FromMilliseconds(1));
        fixture.Tier.Review(_ => true);

        Assert.Equal((0, 1), (fixture.Tier.Count, fixture.Collect().Recorded));
        Assert.Empty(fixture.Collect().Intervals);
    }

    [Fact]
    public async Task Into_KeyIdleForShort_ForgetsItsRecorderAndCountsOn()
    {
        var fixture = new TelemetryFixture();
        await fixture.HoldAsync(fixture.Gate(), TimeSpan.FromMilliseconds(1));
        fixture.Gate().RegistryId = 42;
        for (int i = 0; i <= KeySweep.MostRecorded; i++)
            fixture.Collect();
        Assert.Null(fixture.Gate().RecentSink);

        await fixture.HoldAsync(fixture.Gate(), TimeSpan.FromMilliseconds(1));

        KeyInterval interval = Assert.Single(fixture.Collect().Intervals);
        Assert.Equal((1, 42), (interval.Delta.Acquired, interval.Recorder.Lock.RegistryId));
    }

    [Fact]
    public async Task Into_ServerAwayForVeryLong_EvictsAndCountsWhatIsDropped()
    {
        var fixture = new TelemetryFixture();
        await fixture.HoldAsync(fixture.Gate(), TimeSpan.FromMilliseconds(1));
        for (int i = 0; i <= KeySweep.MostUnwritten + 1; i++)
            fixture.Collect(accept: false);

        Assert.Equal((0, 1), (fixture.Tier.Count, fixture.Sweep.Dropped));
    }

    [Fact]
    public async Task Into_HoldOlderThanTheThreshold_IsListedWithItsTokenAndBeginning()
    {
        var fixture = new TelemetryFixture();
        DateTimeOffset begun = fixture.Time.GetUtcNow();
        LockLease lease = await fixture.Gate().AcquireAsync(null, TestContext.Current.CancellationToken);
        fixture.Time.Advance(TimeSpan.FromMilliseconds(999));
        Assert.Empty(fixture.Collect().Held);
        fixture.Time.Advance(TimeSpan.FromMilliseconds(1));

        HeldLock held = Assert.Single(fixture.Collect().Held);

        Assert.Equal((lease.FencingToken, begun), (held.FencingToken, held.AcquiredAt));
    }

    [Fact]
    public async Task Into_LongHold_IsAnEventToo()
    {
        var fixture = new TelemetryFixture();
        await fixture.HoldAsync(fixture.Gate(), TimeSpan.FromSeconds(2));

        LockEvent happened = Assert.Single(fixture.Telemetry.TakeEvents());

        Assert.Equal(("long_hold", 2_000_000_000), (happened.Kind, happened.Duration));
    }

    [Fact]
    public void Add_MoreEventsThanFit_AreDroppedAndCounted()
    {
        var fixture = new TelemetryFixture();
        var recorder = (KeyRecorder)fixture.Gate().Sink;
        for (int i = 0; i < LockTelemetry.MostEvents + 7; i++)
            recorder.TimedOut(1);

        Assert.Equal((LockTelemetry.MostEvents, 7), (fixture.Telemetry.TakeEvents().Count, fixture.Telemetry.DroppedEvents));
    }
}
