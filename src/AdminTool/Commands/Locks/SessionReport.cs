using PgLocks.AdminTool.Queries;
using PgLocks.AdminTool.Rendering;

namespace PgLocks.AdminTool.Commands.Locks;

/// <summary>One session, and everything that ends with it.</summary>
internal static class SessionReport
{
    private static readonly Column<SessionLock>[] Columns =
    [
        new("kind", "kind", CellKind.Text, held => held.Kind),
        new("what", "what", CellKind.Text, held => held.What),
        new("key", "key", CellKind.Key, held => Names.Key(held.Hotkey, held.Pair), Audience.People),
        new("hotkey", "hotkey", CellKind.Text, held => held.Hotkey, Audience.Programs),
        new("pair", "pair", CellKind.Text, held => held.Pair, Audience.Programs),
        new("mode", "mode", CellKind.Text, held => held.Mode),
        new("is_granted", "granted", CellKind.Flag, held => held.IsGranted),
    ];

    public static Report Of(Space space, Holder holder, IReadOnlyList<SessionLock> locks) => new()
    {
        Facts =
        [
            new("space", "space", CellKind.Text, space.Name),
            new("slot", "slot", CellKind.Id, holder.Slot),
            new("process", "process", CellKind.Text, Names.Process(holder.Application, holder.Host, holder.Pid)),
            new("instance_id", "instance", CellKind.Text, holder.InstanceId),
            new("backend_pid", "backend", CellKind.Id, holder.BackendPid),
            new("backend_start", "since", CellKind.Time, holder.BackendStart),
            new("user_name", "user", CellKind.Text, holder.UserName),
            new("session_state", "state", CellKind.Text, holder.SessionState),
            new("waiters", "waiters", CellKind.Number, holder.Waiters),
        ],
        Listings = [Listing.Of("session_locks", locks, Columns, "It holds nothing any more.", "This session holds")],
    };
}
