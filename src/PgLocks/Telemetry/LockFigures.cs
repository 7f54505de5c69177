namespace PgLocks.Telemetry;

/// <summary>What the meter shows of the recorders: read once an interval by the sweep, so that an acquisition pays nothing for it.</summary>
/// <remarks>
/// A reading is what the server does not have yet, so the totals are what it has taken, plus that. Nothing is counted twice
/// while the server is away: then the same counts are read again, and replace what was shown of them.
/// </remarks>
internal sealed class LockFigures
{
    private readonly LockTotals _taken = new();
    private volatile LockReading _shown = new(new LockTotals(), null, null);

    internal LockReading Shown => _shown;

    /// <summary>Shows an interval; what is returned is to be called once the server has it.</summary>
    internal Action Show(List<KeyInterval> intervals)
    {
        var totals = new LockTotals(_taken);
        intervals.ForEach(totals.Add);
        _shown = new LockReading(
            totals,
            Quantiles.Of(intervals.Select(interval => interval.Waits.Histogram), intervals.Sum(interval => interval.ZeroWaits), intervals.Select(interval => interval.Waits.Max).DefaultIfEmpty().Max()),
            Quantiles.Of(intervals.Select(interval => interval.Holds), zeros: 0, intervals.Select(interval => interval.HoldMax).DefaultIfEmpty().Max()));
        return () => intervals.ForEach(_taken.Add);
    }

    /// <summary>For an interval that is never written: it happened all the same.</summary>
    internal void Keep(KeyInterval interval) => _taken.Add(interval);
}

/// <summary>One reading.</summary>
/// <param name="Totals">Since the start.</param>
/// <param name="Waits">Of the last interval; null when nothing happened in it.</param>
/// <param name="Holds">Of the last interval; null when nothing happened in it.</param>
internal sealed record LockReading(LockTotals Totals, Quantiles? Waits, Quantiles? Holds);
