using Npgsql;

namespace PgLocks.AdminTool.Queries;

/// <summary>A lock of any kind that a session has or wants.</summary>
internal sealed record SessionLock
{
    /// <summary>slot, advisory, or a lock type of PostgreSQL's own.</summary>
    public string Kind { get; init; } = "";

    public string What { get; init; } = "";

    public string? Hotkey { get; init; }

    public string? Pair { get; init; }

    public string Mode { get; init; } = "";

    public bool IsGranted { get; init; }
}

/// <summary>Sessions of the server: what they hold, how they are asked to yield and ended.</summary>
internal static class SessionQueries
{
    /// <summary>Everything that ends with the session, but for its own transaction ids.</summary>
    public static Task<IReadOnlyList<SessionLock>> LocksAsync(NpgsqlConnection connection, int backendPid, CancellationToken cancellationToken) =>
        connection.ListAsync<SessionLock>(
            """
            WITH held AS MATERIALIZED (SELECT * FROM pg_catalog.pg_locks l WHERE l.pid = @backendPid AND l.locktype NOT IN ('virtualxid', 'transactionid'))
            SELECT CASE WHEN sp.name IS NOT NULL THEN 'slot' ELSE l.locktype END AS kind,
                   CASE WHEN sp.name IS NOT NULL AND l.objid::int8 < sp.pool_size THEN format('slot %s of space ''%s''', l.objid, sp.name)
                        WHEN sp.name IS NOT NULL THEN format('mark that space ''%s'' is in use', sp.name)
                        WHEN l.locktype = 'advisory' THEN format('advisory lock (%s, %s)', l.classid, l.objid)
                        WHEN l.relation IS NOT NULL THEN l.relation::regclass::text
                        ELSE l.locktype END AS what,
                   h.hotkey, h.pair, l.mode, l.granted AS is_granted
            FROM held l
            LEFT JOIN pglocks.spaces sp ON l.locktype = 'advisory' AND l.objsubid = 2 AND sp.class_id::oid = l.classid
                AND l.database = (SELECT d.oid FROM pg_catalog.pg_database d WHERE d.datname = current_database())
            LEFT JOIN pglocks.current_holders h ON l.granted AND h.space = sp.name AND h.slot = l.objid::int8 AND h.backend_pid = l.pid
            ORDER BY sp.name, l.locktype, l.objid::int8, what, h.hotkey, h.pair
            """,
            new { backendPid },
            cancellationToken);

    /// <summary>Checks the session's identity again, on the server, and ends it. False: the server could not signal it.</summary>
    public static Task<bool> TerminateAsync(NpgsqlConnection connection, Space space, Holder holder, CancellationToken cancellationToken) =>
        connection.OneAsync<bool>(
            "SELECT pglocks.terminate_holder(@BackendPid, @BackendStart, @Slot, @Name)",
            new { holder.BackendPid, holder.BackendStart, holder.Slot, space.Name },
            cancellationToken);

    /// <summary>Asks whoever listens in the space to yield the slot, and writes down who asked.</summary>
    public static Task<bool> AskToYieldAsync(NpgsqlConnection connection, Space space, Holder holder, CancellationToken cancellationToken) =>
        connection.OneAsync<bool>(
            """
            WITH asked AS (
                INSERT INTO pglocks.lock_events (at, kind, class_id, slot, instance_id, data)
                VALUES (clock_timestamp(), 'yield', @ClassId, @Slot, @InstanceId, jsonb_build_object('by', session_user, 'backend_pid', @BackendPid)))
            SELECT true FROM pg_catalog.pg_notify(@Channel, @Slot::text)
            """,
            new { space.ClassId, space.Channel, holder.Slot, holder.InstanceId, holder.BackendPid },
            cancellationToken);

    public static Task<bool> IsThereAsync(NpgsqlConnection connection, Holder holder, CancellationToken cancellationToken) =>
        connection.OneAsync<bool>(
            """
            SELECT EXISTS (SELECT FROM pg_catalog.pg_stat_activity a
                           WHERE a.pid = @BackendPid AND (a.backend_start IS NULL OR a.backend_start = @BackendStart))
            """,
            new { holder.BackendPid, holder.BackendStart },
            cancellationToken);
}
