using Npgsql;
using PgLocks.AdminTool.CommandLine;
using PgLocks.AdminTool.Queries;

namespace PgLocks.AdminTool.Commands.Locks;

/// <summary>The one session that holds a slot.</summary>
internal static class SlotHolder
{
    /// <exception cref="ToolException">Nobody holds it, or several do and none was chosen.</exception>
    public static async Task<Holder> FindAsync(
        NpgsqlConnection connection, Space space, LockTarget target, int? backendPid, CancellationToken cancellationToken)
    {
        var slot = await target.SlotInAsync(connection, space, cancellationToken);
        var holders = await HolderQueries.OfSlotAsync(connection, space, slot, cancellationToken);
        var sessions = holders.Where(holder => backendPid is null || holder.BackendPid == backendPid).DistinctBy(holder => holder.BackendPid).ToList();
        return sessions switch
        {
            [var only] => only,
            [] => throw new ToolException(
                ExitCode.NotFound, "not_held", $"{(backendPid is null ? "Nobody" : $"No backend {backendPid}")} holds slot {slot} of space '{space.Name}'.",
                "'pglocks locks list' shows what is held."),
            _ => throw new ToolException(
                ExitCode.Refused, "several_holders", $"Slot {slot} of space '{space.Name}' is held, shared, by {sessions.Count} sessions.",
                $"Choose one with --backend: {string.Join(", ", sessions.Select(session => session.BackendPid))}."),
        };
    }
}
