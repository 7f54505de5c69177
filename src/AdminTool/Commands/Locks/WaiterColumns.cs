using PgLocks.AdminTool.Queries;
using PgLocks.AdminTool.Rendering;

namespace PgLocks.AdminTool.Commands.Locks;

/// <summary>How waiters are listed.</summary>
internal static class WaiterColumns
{
    public static readonly Column<Waiter>[] All =
    [
        new("slot", "slot", CellKind.Id, waiter => waiter.Slot),
        new("wait_age_ms", "waits for", CellKind.Milliseconds, waiter => waiter.WaitAgeMs),
        new("waiting_since", "waiting since", CellKind.Time, waiter => waiter.WaitingSince, Audience.Programs),
        new("process", "process", CellKind.Text, waiter => Names.Process(waiter.Application, waiter.Host, waiter.Pid), Audience.People),
        new("instance_id", "instance", CellKind.Text, waiter => waiter.InstanceId, Audience.Programs),
        new("application", "application", CellKind.Text, waiter => waiter.Application, Audience.Programs),
        new("host", "host", CellKind.Text, waiter => waiter.Host, Audience.Programs),
        new("pid", "pid", CellKind.Id, waiter => waiter.Pid, Audience.Programs),
        new("backend_pid", "backend", CellKind.Id, waiter => waiter.BackendPid),
        new("backend_start", "backend start", CellKind.Time, waiter => waiter.BackendStart, Audience.Programs),
        new("holder", "behind", CellKind.Text, Holder, Audience.People),
        new("holder_backend_pid", "behind backend", CellKind.Id, waiter => waiter.HolderBackendPid),
        new("holder_application", "behind application", CellKind.Text, waiter => waiter.HolderApplication, Audience.Programs),
        new("holder_host", "behind host", CellKind.Text, waiter => waiter.HolderHost, Audience.Programs),
        new("holder_pid", "behind pid", CellKind.Id, waiter => waiter.HolderPid, Audience.Programs),
        new("holder_key", "which holds", CellKind.Key, waiter => Names.Key(waiter.HolderHotkey, waiter.HolderPair), Audience.People),
        new("holder_hotkey", "hotkey", CellKind.Text, waiter => waiter.HolderHotkey, Audience.Programs),
        new("holder_pair", "pair", CellKind.Text, waiter => waiter.HolderPair, Audience.Programs),
        new("hold_age_ms", "held for", CellKind.Milliseconds, waiter => waiter.HoldAgeMs),
    ];

    private static string? Holder(Waiter waiter) =>
        waiter.HolderBackendPid is null ? null : Names.Process(waiter.HolderApplication, waiter.HolderHost, waiter.HolderPid);
}
