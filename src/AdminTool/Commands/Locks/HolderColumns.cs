using PgLocks.AdminTool.Queries;
using PgLocks.AdminTool.Rendering;

namespace PgLocks.AdminTool.Commands.Locks;

/// <summary>How holders are listed.</summary>
internal static class HolderColumns
{
    public static readonly Column<Holder>[] All =
    [
        new("slot", "slot", CellKind.Id, holder => holder.Slot),
        new("key", "key", CellKind.Key, holder => Names.Key(holder.Hotkey, holder.Pair), Audience.People),
        new("hotkey", "hotkey", CellKind.Text, holder => holder.Hotkey, Audience.Programs),
        new("pair", "pair", CellKind.Text, holder => holder.Pair, Audience.Programs),
        new("state", "state", CellKind.Text, holder => holder.State),
        new("age", "held for", CellKind.Text, Age, Audience.People),
        new("hold_age_ms", "held for", CellKind.Milliseconds, holder => holder.HoldAgeMs, Audience.Programs),
        new("is_hold_age_at_least", "at least", CellKind.Flag, holder => holder.IsHoldAgeAtLeast, Audience.Programs),
        new("acquired_at", "acquired at", CellKind.Time, holder => holder.AcquiredAt, Audience.Programs),
        new("fencing_token", "fencing token", CellKind.Id, holder => holder.FencingToken, Audience.Programs),
        new("waiters", "waiters", CellKind.Number, holder => holder.Waiters),
        new("process", "process", CellKind.Text, holder => Names.Process(holder.Application, holder.Host, holder.Pid), Audience.People),
        new("instance", "instance", CellKind.Text, holder => Names.Short(holder.InstanceId), Audience.People),
        new("instance_id", "instance", CellKind.Text, holder => holder.InstanceId, Audience.Programs),
        new("application", "application", CellKind.Text, holder => holder.Application, Audience.Programs),
        new("host", "host", CellKind.Text, holder => holder.Host, Audience.Programs),
        new("pid", "pid", CellKind.Id, holder => holder.Pid, Audience.Programs),
        new("role", "role", CellKind.Text, holder => holder.Role, Audience.Programs),
        new("backend_pid", "backend", CellKind.Id, holder => holder.BackendPid),
        new("backend_start", "backend start", CellKind.Time, holder => holder.BackendStart, Audience.Programs),
        new("user_name", "user", CellKind.Text, holder => holder.UserName, Audience.Programs),
        new("session_state", "session", CellKind.Text, holder => holder.SessionState),
    ];

    private static string? Age(Holder holder) => holder.HoldAgeMs is not { } age
        ? null
        : (holder.IsHoldAgeAtLeast ? "≥ " : "") + Cells.Show(age, CellKind.Milliseconds);
}
