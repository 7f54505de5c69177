using Npgsql;

namespace PgLocks.AdminTool.Queries;

/// <summary>One session in the queue of a slot, and the one it waits for.</summary>
internal sealed record Waiter
{
    public int Slot { get; init; }

    public DateTime? WaitingSince { get; init; }

    public long? WaitAgeMs { get; init; }

    public Guid? InstanceId { get; init; }

    public string? Application { get; init; }

    public string? Host { get; init; }

    public int? Pid { get; init; }

    public int BackendPid { get; init; }

    public DateTime? BackendStart { get; init; }

    public int? HolderBackendPid { get; init; }

    public string? HolderApplication { get; init; }

    public string? HolderHost { get; init; }

    public int? HolderPid { get; init; }

    public string? HolderHotkey { get; init; }

    public string? HolderPair { get; init; }

    public long? HoldAgeMs { get; init; }
}

/// <summary>Who waits, and for whom.</summary>
internal static class WaiterQueries
{
    // A holder with several keys in the slot is shown by the one held longest.
    private const string Select = """
        WITH holders AS MATERIALIZED (
            SELECT DISTINCT ON (h.slot) h.* FROM pglocks.current_holders h WHERE h.space = @Name ORDER BY h.slot, h.acquired_at NULLS LAST)
        SELECT w.slot, w.waiting_since, (extract(epoch FROM clock_timestamp() - w.waiting_since) * 1000)::int8 AS wait_age_ms,
               w.instance_id, w.application, w.host, w.pid, w.backend_pid, w.backend_start,
               w.holder_pid AS holder_backend_pid, h.application AS holder_application, h.host AS holder_host, h.pid AS holder_pid,
               h.hotkey AS holder_hotkey, h.pair AS holder_pair, (extract(epoch FROM h.hold_age) * 1000)::int8 AS hold_age_ms
        FROM pglocks.current_waiters w
        LEFT JOIN holders h ON h.slot = w.slot
        WHERE w.space = @Name
        """;

    private const string LongestFirst = " ORDER BY w.waiting_since NULLS LAST, w.slot, w.backend_pid";

    public static Task<IReadOnlyList<Waiter>> AllAsync(NpgsqlConnection connection, Space space, CancellationToken cancellationToken) =>
        connection.ListAsync<Waiter>(Select + LongestFirst, new { space.Name }, cancellationToken);

    public static Task<IReadOnlyList<Waiter>> OfSlotAsync(NpgsqlConnection connection, Space space, int slot, CancellationToken cancellationToken) =>
        connection.ListAsync<Waiter>(Select + " AND w.slot = @slot" + LongestFirst, new { space.Name, slot }, cancellationToken);
}
