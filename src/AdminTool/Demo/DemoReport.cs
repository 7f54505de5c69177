using PgLocks.AdminTool.Rendering;

namespace PgLocks.AdminTool.Demo;

/// <summary>The result for programs.</summary>
internal static class DemoReport
{
    private static readonly Column<HotKey>[] HotKeyColumns =
    [
        new("hotkey", "hotkey", CellKind.Text, key => key.Hotkey),
        new("pair", "pair", CellKind.Text, key => key.Pair),
        new("slot", "slot", CellKind.Id, key => key.Slot),
        new("acquired", "acquired", CellKind.Number, key => key.Acquired),
        new("wait_p50_ns", "wait p50", CellKind.Nanoseconds, key => key.WaitP50Ns),
        new("wait_p99_ns", "wait p99", CellKind.Nanoseconds, key => key.WaitP99Ns),
        new("hold_p50_ns", "hold p50", CellKind.Nanoseconds, key => key.HoldP50Ns),
        new("hold_p99_ns", "hold p99", CellKind.Nanoseconds, key => key.HoldP99Ns),
    ];

    private static readonly Column<Difference>[] DifferenceColumns =
    [
        new("position_uuid", "position", CellKind.Text, difference => difference.PositionUuid),
        new("lost_updates", "lost updates", CellKind.Number, difference => difference.LostUpdates),
        new("expected_net_leverage", "expected", CellKind.Text, difference => difference.Expected?.NetLeverage),
        new("found_net_leverage", "found", CellKind.Text, difference => difference.Found?.NetLeverage),
    ];

    public static Report Of(DemoResult result, DemoDatabase database) => new()
    {
        IsOk = result.IsAsExpected,
        Facts =
        [
            .. Traffic(result),
            .. Proven(result.Proof),
            .. result.Locks is { } locks ? Locks(locks) : [],
            .. result.Options.Keep ? [new Fact("connection_string", "connection", CellKind.Text, database.ConnectionString)] : (Fact[])[],
        ],
        Listings =
        [
            Listing.Of("hottest", result.Locks?.Hottest ?? [], HotKeyColumns, ""),
            Listing.Of("differences", result.Proof.Differences.Take(10), DifferenceColumns, ""),
        ],
    };

    private static Fact[] Traffic(DemoResult result) =>
    [
        Number("orders", result.Orders),
        Number("processes", result.Options.Processes),
        Number("tasks", result.Options.Tasks),
        new("locks", "locks", CellKind.Flag, result.Options.UseLocks),
        Number("elapsed_ms", (long)result.Elapsed.TotalMilliseconds),
        Number("orders_per_second", Math.Round(result.OrdersPerSecond, 1)),
        Number("orders_per_second_before_kill", Math.Round(result.UndisturbedOrdersPerSecond, 1)),
        Number("killed_pid", result.Killed?.ProcessId),
        Number("redelivered", result.Killed?.Unanswered ?? 0),
        Number("applied_before", result.Repeated),
        Number("failed", result.Failed),
        Number("malformed_lines", result.MalformedLines),
    ];

    private static Fact[] Proven(Proof proof) =>
    [
        Number("positions", proof.Positions),
        Number("positions_different", proof.Differences.Count),
        Number("lost_updates", proof.LostUpdates),
        Number("orders_recorded", proof.Recorded),
        new("all_equal", "all equal", CellKind.Flag, proof.IsEqual),
    ];

    private static Fact[] Locks(LockFigures locks) =>
    [
        Number("acquired", locks.Totals.Acquired),
        Number("contended_key", locks.Totals.ContendedKey),
        Number("contended_slot", locks.Totals.ContendedSlot),
        Number("contended_process", locks.Totals.ContendedProcess),
        Number("timed_out", locks.Totals.TimedOut),
        Number("lost", locks.Totals.Lost),
        Number("wait_p50_ns", locks.Totals.WaitP50Ns),
        Number("wait_p95_ns", locks.Totals.WaitP95Ns),
        Number("wait_p99_ns", locks.Totals.WaitP99Ns),
        Number("wait_max_ns", locks.Totals.WaitMaxNs),
        Number("hold_p50_ns", locks.Totals.HoldP50Ns),
        Number("hold_p95_ns", locks.Totals.HoldP95Ns),
        Number("hold_p99_ns", locks.Totals.HoldP99Ns),
        Number("hold_max_ns", locks.Totals.HoldMaxNs),
        Number("keys", locks.Collisions.Keys),
        Number("slots", locks.Collisions.Slots),
    ];

    private static Fact Number(string name, object? value) =>
        new(name, name.Replace('_', ' '), CellKind.Number, value);
}
