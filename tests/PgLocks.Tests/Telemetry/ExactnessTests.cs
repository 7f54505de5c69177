using PgLocks.Telemetry;

namespace PgLocks.Tests.Telemetry;

/// <summary>Recorded + dropped = acquisitions, whatever is read beside the writing.</summary>
public sealed class ExactnessTests
{
    private const int Tasks = 4;
    private const int Keys = 16;
    private const int CyclesPerTask = 2_500_000;

    [Fact]
    public async Task Into_TenMillionAcquisitionsBesideReadings_LoseAndDoubleNone()
    {
        var fixture = new TelemetryFixture(TimeProvider.System);
        using var done = new CancellationTokenSource();
        var sums = new KeySums();
        Task reading = Task.Run(
            () =>
            {
                while (!done.IsCancellationRequested)
                    sums.Add(fixture.Collect());
            },
            TestContext.Current.CancellationToken);

        await Task.WhenAll(Enumerable.Range(0, Tasks).Select(task => Task.Run(() => CycleAsync(fixture, task), TestContext.Current.CancellationToken)));
        await done.CancelAsync();
        await reading;
        sums.Add(fixture.Collect());

        Assert.Equal((long)Tasks * CyclesPerTask, sums.Acquired);
        Assert.Equal(sums.Acquired, sums.Holds);
        Assert.Equal(sums.Acquired, sums.Waits);
    }

    private static async Task CycleAsync(TelemetryFixture fixture, int task)
    {
        PositionLock[] locks = [.. Enumerable.Range(0, Keys).Select(key => new PositionLock(fixture.Tier, fixture.Gate(pair: $"P{key}")))];
        for (int i = 0; i < CyclesPerTask; i++)
        {
            LockLease lease = await locks[(i * (task + 1)) % Keys].AcquireAsync();
            lease.Dispose();
        }
    }

    private sealed class KeySums
    {
        internal long Acquired { get; private set; }

        internal long Holds { get; private set; }

        internal long Waits { get; private set; }

        internal void Add(TelemetryBatch batch)
        {
            Acquired += batch.Recorded;
            Holds += batch.Intervals.Sum(interval => interval.Holds.Total);
            Waits += batch.Intervals.Sum(interval => interval.Waits.Histogram.Total + interval.ZeroWaits);
        }
    }
}
