using System.Diagnostics.Metrics;
using System.Globalization;
using PgLocks.Local;
using PgLocks.Postgres;
using PgLocks.Slots;

namespace PgLocks.Telemetry;

/// <summary>Every metric of PgLocks. All of them observe what is counted anyway, so a caller never pays for one.</summary>
/// <remarks>Tags have few values each: keys and hotkeys are in the tables, not here.</remarks>
internal sealed class LockMeter : IDisposable
{
    private const double Second = 1e9;
    private static readonly string[] Bounds =
        [.. LockTotals.Bounds.Select(bound => (bound / Second).ToString("0.###########", CultureInfo.InvariantCulture)), "+Inf"];

    private readonly Meter _meter;
    private readonly KeyValuePair<string, object?> _space;

    internal LockMeter(IMeterFactory? factory, string space, LockTelemetry telemetry, KeySweep sweep, KeyTier keys, SlotPool slots, PostgresBackend backend)
    {
        _meter = factory?.Create(Product.Name, Product.Version) ?? new Meter(Product.Name, Product.Version);
        _space = new("pglocks.space", space);
        AddCounters(telemetry.Figures, sweep, telemetry);
        AddHistogram("pglocks.acquire.wait", "waited", "{acquisition}", telemetry.Figures, shown => (shown.Totals.WaitSum, shown.Totals.Waits, shown.Waits));
        AddHistogram("pglocks.lease.hold", "held", "{lease}", telemetry.Figures, shown => (shown.Totals.HoldSum, shown.Totals.Holds, shown.Holds));
        AddSlots(slots);
        AddStates(keys, slots, backend);
    }

    public void Dispose() => _meter.Dispose();

    private void AddCounters(LockFigures figures, KeySweep sweep, LockTelemetry telemetry)
    {
        _meter.CreateObservableCounter("pglocks.acquisitions", () => Of("pglocks.outcome",
            ("granted", figures.Shown.Totals.Acquired), ("timed_out", figures.Shown.Totals.TimedOut)), "{acquisition}", "Acquisitions that have ended: with the lease, or with the timeout.");
        _meter.CreateObservableCounter("pglocks.acquisitions.contended", () => Of("pglocks.cause",
            ("key", figures.Shown.Totals.ContendedKey), ("slot", figures.Shown.Totals.ContendedSlot), ("process", figures.Shown.Totals.ContendedProcess)),
            "{acquisition}", "Granted acquisitions that waited, by what for; one can have several causes.");
        _meter.CreateObservableCounter("pglocks.leases.lost", () => One(figures.Shown.Totals.Lost), "{lease}", "Leases that ended after their slot was lost.");
        _meter.CreateObservableCounter("pglocks.telemetry.dropped", () => Of("pglocks.kind",
            ("acquisitions", sweep.Dropped), ("events", telemetry.DroppedEvents)), "{item}", "What could not be written to the server for so long that it was given up.");
    }

    private void AddHistogram(
        string name, string what, string unit, LockFigures figures, Func<LockReading, (long Sum, long[] Below, Quantiles? Interval)> read)
    {
        _meter.CreateObservableCounter(name + ".time", () => new Measurement<double>(read(figures.Shown).Sum / Second, _space), "s", $"Time {what}, in all.");
        _meter.CreateObservableCounter(name + ".bucket", () => Of("le", [.. Bounds.Zip(read(figures.Shown).Below)]), unit, $"How many {what} for less than 'le' seconds.");
        _meter.CreateObservableGauge(name + ".quantile", () => OfQuantiles(read(figures.Shown).Interval), "s", $"Time {what} in the last interval, by quantile; 1 is the longest.");
    }

    private void AddSlots(SlotPool slots)
    {
        _meter.CreateObservableCounter("pglocks.slot.gains", () => Of("pglocks.handover",
            ("clean", slots.Counts.CleanGains), ("unclean", slots.Counts.UncleanGains)), "{gain}", "Slots gained; unclean after an owner that died, or from a server that was started lately.");
        _meter.CreateObservableCounter("pglocks.slot.yields", () => One(slots.Counts.Yields), "{yield}", "Slots released because another asked.");
        _meter.CreateObservableCounter("pglocks.slot.losses", () => One(slots.Counts.Losses), "{slot}", "Slots lost with the session that owned them.");
    }

    private void AddStates(KeyTier keys, SlotPool slots, PostgresBackend backend)
    {
        _meter.CreateObservableUpDownCounter("pglocks.slots.owned", () => One(slots.Slots.Count(slot => slot.Owner is not null)), "{slot}", "Slots owned now.");
        _meter.CreateObservableUpDownCounter("pglocks.keys", () => One(keys.Count), "{key}", "Keys in the table now.");
        _meter.CreateObservableUpDownCounter("pglocks.waiters", () => One(keys.Gates.Sum(gate => gate.Waiters)), "{waiter}", "Callers that wait now.");
        _meter.CreateObservableUpDownCounter("pglocks.sessions", () => Of("pglocks.role",
            ("home", backend.IsConnected ? 1 : 0), ("listener", backend.IsListening ? 1 : 0), ("waiter", backend.WaiterSessions)), "{session}", "Lock sessions that are open now.");
    }

    private Measurement<long> One(long value) => new(value, _space);

    private IEnumerable<Measurement<long>> Of(string tag, params (string Value, long Count)[] counts) =>
        counts.Select(count => new Measurement<long>(count.Count, _space, new(tag, count.Value)));

    private IEnumerable<Measurement<double>> OfQuantiles(Quantiles? quantiles) => quantiles is not { } known
        ? []
        : new (string Quantile, long Value)[] { ("0.5", known.Median), ("0.95", known.P95), ("0.99", known.P99), ("1", known.Max) }
            .Select(entry => new Measurement<double>(entry.Value / Second, _space, new("quantile", entry.Quantile)));
}
