namespace PgLocks.Backends.Rollout;

/// <summary>What a process tells and asks of the rollout.</summary>
internal static class RolloutSql
{
    internal const string ForgetDead = """
        DELETE FROM pglocks.rollout_instances AS r
         WHERE r.confirmed_at < pg_catalog.now() - interval '1 day'
           AND NOT EXISTS (SELECT FROM pglocks.rollout_members AS m WHERE m.instance_id = r.instance_id)
        """;

    /// <summary>Once this is committed every change waits for this process, so the state is read only afterwards.</summary>
    internal const string Join = """
        INSERT INTO pglocks.rollout_instances AS r
               (instance_id, class_id, application, host, pid, old_side, new_side, lease_ms, backend_pid, backend_start)
        SELECT $1, $2, $3, $4, $5, $6, $7, $8, a.pid, a.backend_start FROM pg_catalog.pg_stat_get_activity(pg_catalog.pg_backend_pid()) AS a
        ON CONFLICT (instance_id) DO UPDATE
           SET backend_pid = excluded.backend_pid, backend_start = excluded.backend_start, joined_at = excluded.joined_at,
               confirmed_at = excluded.confirmed_at, acknowledged = NULL
        """;

    /// <summary>Whoever starts joins first and looks then, so of two that start at once at least one sees the other.</summary>
    internal const string Contradiction = """
        SELECT application || '@' || host || ' (pid ' || pid || ')', old_side, new_side
          FROM pglocks.rollout_members
         WHERE class_id = $1 AND instance_id <> $2 AND (old_side, new_side) <> ($3, $4)
         ORDER BY joined_at LIMIT 1
        """;

    internal const string Confirm = """
        WITH me AS (
            UPDATE pglocks.rollout_instances SET confirmed_at = pg_catalog.clock_timestamp(), acknowledged = $2, left_behind = $3
             WHERE instance_id = $1 AND backend_pid = pg_catalog.pg_backend_pid() RETURNING true)
        SELECT s.rollout_generation, s.rollout_new::int4, s.rollout_both::int4, EXISTS (SELECT FROM me) FROM pglocks.spaces AS s WHERE s.class_id = $4
        """;

    internal const string Leave = "DELETE FROM pglocks.rollout_instances WHERE instance_id = $1";

    internal const string WriteFigures = """
        INSERT INTO pglocks.rollout_stats AS r (class_id, instance_id, mode, side, timed_out, wait_buckets, wait_counts, hold_buckets, hold_counts, updated_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, pg_catalog.now())
        ON CONFLICT (class_id, instance_id, mode, side) DO UPDATE
           SET timed_out = excluded.timed_out, wait_buckets = excluded.wait_buckets, wait_counts = excluded.wait_counts,
               hold_buckets = excluded.hold_buckets, hold_counts = excluded.hold_counts, updated_at = excluded.updated_at
        """;

    internal const string ForgetFigures = "DELETE FROM pglocks.rollout_stats WHERE class_id = $1 AND updated_at < pg_catalog.now() - interval '7 days'";
}
