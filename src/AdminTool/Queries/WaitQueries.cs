using Npgsql;

namespace PgLocks.AdminTool.Queries;

/// <summary>Time that callers waited for one thing.</summary>
internal sealed record WaitShare
{
    /// <summary>own_key, own_yield, other_process, other_key, session, server; not_told: what its process did not tell.</summary>
    public string Cause { get; init; } = "";

    public long WaitNs { get; init; }

    /// <summary>Of all that was waited.</summary>
    public double Ratio { get; init; }
}

/// <summary>What the time waited was waited for.</summary>
internal static class WaitQueries
{
    /// <summary>In one slot, in the last hour; the most first.</summary>
    public static Task<IReadOnlyList<WaitShare>> SharesAsync(NpgsqlConnection connection, Space space, int slot, CancellationToken cancellationToken) =>
        connection.ListAsync<WaitShare>(
            """
            WITH waited AS (
                SELECT sum(s.wait_key_ns) AS own_key, sum(s.wait_yield_ns) AS own_yield, sum(s.wait_process_ns) AS other_process,
                       sum(s.wait_slot_ns) AS other_key, sum(s.wait_session_ns) AS session, sum(s.wait_server_ns) AS server, sum(s.wait_sum_ns) AS total
                FROM pglocks.lock_stats s
                JOIN pglocks.position_keys k ON k.key_id = s.key_id
                WHERE k.class_id = @ClassId AND k.slot = @slot AND s.interval_start >= now() - interval '1 hour'
            )
            SELECT share.cause, share.ns::int8 AS wait_ns, (share.ns / total)::float8 AS ratio
            FROM waited CROSS JOIN LATERAL (VALUES
                ('own_key', own_key), ('own_yield', own_yield), ('other_process', other_process), ('other_key', other_key), ('session', session), ('server', server),
                ('not_told', total - own_key - own_yield - other_process - other_key - session - server)) AS share (cause, ns)
            WHERE share.ns > 0
            ORDER BY share.ns DESC
            """,
            new { space.ClassId, slot },
            cancellationToken);
}
