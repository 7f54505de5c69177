using PgLocks.AdminTool.Rendering;

namespace PgLocks.AdminTool.Commands.Top;

/// <summary>How slots and keys are listed: what matters most comes first, because a narrow screen leaves out the rest.</summary>
internal static class TopColumns
{
    private static readonly Column<TopRow> Slot = new("slot", "slot", CellKind.Id, row => row.Slot);

    private static readonly Column<TopRow>[] Key =
    [
        new("key", "key", CellKind.Key, row => row.Key, Audience.People),
        new("hotkey", "hotkey", CellKind.Text, row => row.Hotkey, Audience.Programs),
        new("pair", "pair", CellKind.Text, row => row.Pair, Audience.Programs),
    ];

    private static readonly Column<TopRow>[] Now =
    [
        new("state", "state", CellKind.Text, row => row.State),
        new("hold_age_ms", "held for", CellKind.Milliseconds, row => row.HoldAgeMs),
        new("waiters", "waiters", CellKind.Number, row => row.Waiters),
        new("longest_wait_ms", "waits for", CellKind.Milliseconds, row => row.LongestWaitMs),
    ];

    private static readonly Column<TopRow>[] Lately =
    [
        new("acquired_per_s", "acq/s", CellKind.Number, row => row.AcquiredPerS),
        new("wait_ns_per_s", "wait/s", CellKind.Nanoseconds, row => row.WaitNsPerS),
        new("wait_mean_ns", "wait mean", CellKind.Nanoseconds, row => row.WaitMeanNs),
        new("hold_mean_ns", "hold mean", CellKind.Nanoseconds, row => row.HoldMeanNs),
        new("busy", "busy", CellKind.Ratio, row => row.Busy),
        new("contended_slot_per_s", "coll/s", CellKind.Number, row => row.CollisionsPerS),
        new("timed_out_per_s", "t.out/s", CellKind.Number, row => row.TimedOutPerS),
    ];

    private static readonly Column<TopRow> Process = new("process", "process", CellKind.Text, row => row.Process);

    public static readonly Column<TopRow>[] Slots = [Slot, .. Now, .. Lately, .. Key, Process];

    public static readonly Column<TopRow>[] Keys = [.. Key, Slot, .. Now, .. Lately, Process];

    public static Listing Listing(TopFrame frame, TopSubject subject, IEnumerable<TopRow> rows) => subject == TopSubject.Keys
        ? Rendering.Listing.Of("keys", rows, Keys, $"No key of space '{frame.Space.Name}' is held long, or was used lately.")
        : Rendering.Listing.Of("slots", rows, Slots, $"No slot of space '{frame.Space.Name}' is held or waited for, or was used lately.");
}
