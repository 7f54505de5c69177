using PgLocks.Telemetry;

namespace PgLocks.Tests.Telemetry;

public sealed class LockFiguresTests
{
    private readonly TelemetryFixture _fixture = new();

    [Fact]
    public async Task Show_IntervalsTakenOrNot_CountEachOnce()
    {
        for (var i = 0; i < 6; i++)
        {
            await _fixture.HoldAsync(_fixture.Gate(), TimeSpan.FromMilliseconds(1));
            _fixture.Collect(accept: i % 3 == 0);
            Assert.Equal(i + 1, Shown.Totals.Acquired);
        }

        Assert.Equal((6_000_000, 6, 6), (Shown.Totals.HoldSum, Shown.Totals.Holds[^1], Shown.Totals.Waits[0]));
    }

    [Fact]
    public async Task Show_CountsGivenUp_StayInTheTotals()
    {
        await _fixture.HoldAsync(_fixture.Gate(), TimeSpan.FromMilliseconds(1));
        for (var i = 0; i <= KeySweep.MostUnwritten + 1; i++)
            _fixture.Collect(accept: false);

        Assert.Equal((1, 1), (_fixture.Sweep.Dropped, Shown.Totals.Acquired));
    }

    [Fact]
    public async Task Show_HoldsAtABound_CountBelowTheNextOnly()
    {
        var bound = LockTotals.Bounds[5];
        await _fixture.HoldAsync(_fixture.Gate(), TimeSpan.FromTicks(bound / 100));
        await _fixture.HoldAsync(_fixture.Gate(), TimeSpan.FromTicks(bound / 100 + 1));
        await _fixture.HoldAsync(_fixture.Gate(), TimeSpan.FromHours(1));
        _fixture.Collect();

        Assert.Equal([0, 0, 0, 0, 0, 1, 2, 2, 2, 2, 2, 2, 2, 2, 3], Shown.Totals.Holds);
        Assert.Equal(Shown.Totals.Holds.Length, LockTotals.Bounds.Length + 1);
    }

    [Fact]
    public async Task Show_Quantiles_AreThoseOfTheLastIntervalAlone()
    {
        await _fixture.HoldAsync(_fixture.Gate(), TimeSpan.FromSeconds(1));
        _fixture.Collect();
        for (var i = 1; i <= 100; i++)
            await _fixture.HoldAsync(_fixture.Gate(pair: $"P{i % 7}"), TimeSpan.FromMilliseconds(i));
        _fixture.Collect();

        var holds = Shown.Holds!.Value;
        Assert.InRange(holds.Median / 50e6, 0.94, 1.06);
        Assert.InRange(holds.P95 / 95e6, 0.94, 1.06);
        Assert.InRange(holds.P99 / 99e6, 0.94, 1.06);
        Assert.Equal(100_000_000, holds.Max);
        Assert.Equal(new Quantiles(0, 0, 0, 0), Shown.Waits);
        _fixture.Collect();
        Assert.Null(Shown.Holds);
    }

    private LockReading Shown => _fixture.Telemetry.Figures.Shown;
}
