using Npgsql;

namespace PgLocks.AdminTool.Queries;

/// <summary>One granted slot and key.</summary>
internal sealed record Holder
{
    public int Slot { get; init; }

    public string? Hotkey { get; init; }

    public string? Pair { get; init; }

    /// <summary>held: by a caller, who has the key; kept: by a process without a long hold in it; foreign: by a session that is no process of PgLocks.</summary>
    public string State { get; init; } = "";

    public DateTime? AcquiredAt { get; init; }

    public long? HoldAgeMs { get; init; }

    /// <summary>The server keeps no grant time; of a foreign session that is idle it is known only since when it has done nothing.</summary>
    public bool IsHoldAgeAtLeast { get; init; }

    public long? FencingToken { get; init; }

    public int Waiters { get; init; }

    public Guid? InstanceId { get; init; }

    public string? Application { get; init; }

    public string? Host { get; init; }

    public int? Pid { get; init; }

    public string? Role { get; init; }

    public int BackendPid { get; init; }

    public DateTime? BackendStart { get; init; }

    public string? UserName { get; init; }

    public string? SessionState { get; init; }
}

/// <summary>Who holds what.</summary>
internal static class HolderQueries
{
    private const string Select = """
        SELECT * FROM (
            SELECT h.slot, h.hotkey, h.pair,
                   CASE WHEN h.instance_id IS NULL THEN 'foreign' WHEN h.hotkey IS NULL THEN 'kept' ELSE 'held' END AS state,
                   h.acquired_at,
                   (extract(epoch FROM CASE
                       WHEN h.instance_id IS NOT NULL THEN h.hold_age
                       WHEN a.state LIKE 'idle%' THEN clock_timestamp() - a.state_change END) * 1000)::int8 AS hold_age_ms,
                   h.instance_id IS NULL AND coalesce(a.state LIKE 'idle%', false) AS is_hold_age_at_least,
                   h.fencing_token, h.waiters, h.instance_id, h.application, h.host, h.pid, h.role, h.backend_pid, h.backend_start,
                   a.usename AS user_name, a.state AS session_state, i.long_hold_ms
            FROM pglocks.current_holders h
            LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = h.backend_pid
            LEFT JOIN pglocks.instances i ON i.instance_id = h.instance_id
            WHERE h.space = @Name) AS holders
        """;

    private const string OldestFirst = " ORDER BY hold_age_ms DESC NULLS LAST, slot, hotkey, pair";

    public static Task<IReadOnlyList<Holder>> AllAsync(NpgsqlConnection connection, Space space, CancellationToken cancellationToken) =>
        connection.ListAsync<Holder>(Select + OldestFirst, new { space.Name }, cancellationToken);

    public static Task<IReadOnlyList<Holder>> OfSlotAsync(NpgsqlConnection connection, Space space, int slot, CancellationToken cancellationToken) =>
        connection.ListAsync<Holder>(Select + " WHERE slot = @slot" + OldestFirst, new { space.Name, slot }, cancellationToken);

    /// <summary>Held longer than <paramref name="over"/>; null: than each process's own threshold, and a second for foreign sessions.</summary>
    public static Task<IReadOnlyList<Holder>> LongHeldAsync(
        NpgsqlConnection connection, Space space, TimeSpan? over, CancellationToken cancellationToken) =>
        connection.ListAsync<Holder>(
            Select + " WHERE hold_age_ms > coalesce(@overMs, long_hold_ms, 1000)" + OldestFirst,
            new { space.Name, overMs = (long?)over?.TotalMilliseconds },
            cancellationToken);

    /// <summary>Slots that processes have without a hold that is long: kept for callers that come and go.</summary>
    public static Task<int> KeptAsync(NpgsqlConnection connection, Space space, CancellationToken cancellationToken) =>
        connection.OneAsync<int>(
            "SELECT count(DISTINCT slot)::int4 FROM pglocks.current_holders WHERE space = @Name AND instance_id IS NOT NULL AND hotkey IS NULL", new { space.Name }, cancellationToken);
}
