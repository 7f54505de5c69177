using PgLocks.AdminTool.Queries;

namespace PgLocks.AdminTool.Checks;

/// <summary>Whether the server's limits leave room.</summary>
internal static class LimitChecks
{
    // Home, listener, three for telemetry and up to 16 waiters.
    private const int SessionsOfAnInstance = 21;

    public static async Task<Finding> SessionsAsync(CheckContext context, CancellationToken cancellationToken)
    {
        var room = await ServerQueries.RoomAsync(context.Connection, cancellationToken);
        var state = $"{room.Sessions} of {room.Available} sessions are in use";
        var remedy = $"Raise max_connections, or end sessions: one process needs up to {SessionsOfAnInstance} (MaxWaitSessions + 5).";
        return (room.Available - room.Sessions) switch
        {
            <= 2 => Finding.Fail($"{state}: no process can start.", remedy),
            < SessionsOfAnInstance => Finding.Warn($"{state}: too few are left for one more process under contention.", remedy),
            _ => Finding.Ok($"{state}."),
        };
    }

    public static async Task<Finding> LockTableAsync(CheckContext context, CancellationToken cancellationToken)
    {
        var room = await ServerQueries.RoomAsync(context.Connection, cancellationToken);
        var slots = await SpaceQueries.SlotsAsync(context.Connection, cancellationToken);
        var state = $"The lock table has room for {room.Locks:N0} locks; the pools of this database have {slots:N0} slots";
        var remedy = "Raise max_locks_per_transaction and restart the server.";
        return slots switch
        {
            _ when slots > room.Locks => Finding.Fail($"{state}: new connections could fail with 'out of shared memory'.", remedy),
            _ when slots > room.Locks / 2 => Finding.Warn($"{state}, more than half of it.", remedy),
            _ => Finding.Ok($"{state}."),
        };
    }

    /// <summary>PgLocks sets its own on its own sessions, so these concern what it cannot set: other clients, and the length of a transaction.</summary>
    public static async Task<Finding> TimeoutsAsync(CheckContext context, CancellationToken cancellationToken)
    {
        var set = new List<string>();
        foreach (var name in new[] { "idle_session_timeout", "idle_in_transaction_session_timeout", "transaction_timeout" })
        {
            if (await ServerQueries.SettingAsync(context.Connection, name, cancellationToken) is { } value and not "0")
                set.Add($"{name} = {value}");
        }
        return set.Count == 0
            ? Finding.Ok("No timeout of this role ends sessions.")
            : Finding.Warn(
                $"Timeouts of this role end sessions: {string.Join(", ", set)}. A lock that such a session holds goes with it, and transaction_timeout below 30 s also ends PgLocks' waits.",
                "ALTER ROLE … SET … = 0 for the role that processors use, or keep transactions shorter than that.");
    }
}
