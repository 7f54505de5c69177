using PgLocks.AdminTool.Queries;
using PgLocks.AdminTool.Rendering;

namespace PgLocks.AdminTool.Commands.Stats;

/// <summary>How figures are listed: what they are about, then the same columns for all.</summary>
internal static class FigureColumns
{
    private static readonly Column<Figures>[] Shared =
    [
        new("acquired", "acquired", CellKind.Number, row => row.Acquired),
        new("timed_out", "timed out", CellKind.Number, row => row.TimedOut),
        new("contended_key", "own key", CellKind.Number, row => row.ContendedKey),
        new("contended_slot", "other key", CellKind.Number, row => row.ContendedSlot),
        new("contended_process", "other process", CellKind.Number, row => row.ContendedProcess),
        new("lost", "lost", CellKind.Number, row => row.Lost, Audience.Programs),
        new("wait_mean_ns", "wait mean", CellKind.Nanoseconds, row => row.WaitMeanNs, Audience.Programs),
        new("wait_p50_ns", "wait p50", CellKind.Nanoseconds, row => row.WaitP50Ns),
        new("wait_p95_ns", "wait p95", CellKind.Nanoseconds, row => row.WaitP95Ns, Audience.Programs),
        new("wait_p99_ns", "wait p99", CellKind.Nanoseconds, row => row.WaitP99Ns),
        new("wait_max_ns", "wait max", CellKind.Nanoseconds, row => row.WaitMaxNs),
        new("wait_key_ns", "for own key", CellKind.Nanoseconds, row => row.WaitKeyNs, Audience.Programs),
        new("wait_yield_ns", "for own yield", CellKind.Nanoseconds, row => row.WaitYieldNs, Audience.Programs),
        new("wait_process_ns", "for other process", CellKind.Nanoseconds, row => row.WaitProcessNs, Audience.Programs),
        new("wait_slot_ns", "for other key", CellKind.Nanoseconds, row => row.WaitSlotNs, Audience.Programs),
        new("wait_session_ns", "for session", CellKind.Nanoseconds, row => row.WaitSessionNs, Audience.Programs),
        new("wait_server_ns", "for server", CellKind.Nanoseconds, row => row.WaitServerNs, Audience.Programs),
        new("hold_mean_ns", "hold mean", CellKind.Nanoseconds, row => row.HoldMeanNs, Audience.Programs),
        new("hold_p50_ns", "hold p50", CellKind.Nanoseconds, row => row.HoldP50Ns),
        new("hold_p95_ns", "hold p95", CellKind.Nanoseconds, row => row.HoldP95Ns, Audience.Programs),
        new("hold_p99_ns", "hold p99", CellKind.Nanoseconds, row => row.HoldP99Ns),
        new("hold_max_ns", "hold max", CellKind.Nanoseconds, row => row.HoldMaxNs, Audience.Programs),
        new("first_interval_at", "first", CellKind.Time, row => row.FirstIntervalAt, Audience.Programs),
        new("last_interval_at", "last", CellKind.Time, row => row.LastIntervalAt, Audience.Programs),
    ];

    public static readonly Column<Figures>[] Keys =
    [
        new("key", "key", CellKind.Key, row => Names.Key(row.Hotkey, row.Pair), Audience.People),
        new("hotkey", "hotkey", CellKind.Text, row => row.Hotkey, Audience.Programs),
        new("pair", "pair", CellKind.Text, row => row.Pair, Audience.Programs),
        new("slot", "slot", CellKind.Id, row => row.Slot),
        .. Shared,
    ];

    public static readonly Column<Figures>[] Slots =
    [
        new("slot", "slot", CellKind.Id, row => row.Slot),
        new("keys", "keys", CellKind.Number, row => row.Keys),
        .. Shared,
    ];

    public static readonly Column<Figures>[] Instances =
    [
        new("process", "process", CellKind.Text, row => Names.Process(row.Application, row.Host, row.Pid), Audience.People),
        new("instance_id", "instance", CellKind.Text, row => row.InstanceId, Audience.Programs),
        new("application", "application", CellKind.Text, row => row.Application, Audience.Programs),
        new("host", "host", CellKind.Text, row => row.Host, Audience.Programs),
        new("pid", "pid", CellKind.Id, row => row.Pid, Audience.Programs),
        new("started_at", "started", CellKind.Time, row => row.StartedAt),
        new("last_seen_at", "last seen", CellKind.Time, row => row.LastSeenAt, Audience.Programs),
        new("closed_at", "closed", CellKind.Time, row => row.ClosedAt),
        new("dropped", "dropped", CellKind.Number, row => row.Dropped),
        new("dropped_events", "dropped events", CellKind.Number, row => row.DroppedEvents, Audience.Programs),
        .. Shared,
    ];
}
