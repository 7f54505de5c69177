namespace PgLocks.Telemetry;

/// <summary>Every statement of the telemetry writer.</summary>
internal static class TelemetrySql
{
    internal const string CopyStats = """
        COPY pglocks.lock_stats (interval_start, interval_ms, key_id, instance_id, acquired, timed_out, contended_key, contended_slot, contended_process, lost,
          wait_key_ns, wait_yield_ns, wait_process_ns, wait_slot_ns, wait_session_ns, wait_server_ns,
          wait_sum_ns, wait_max_ns, wait_buckets, wait_counts, hold_sum_ns, hold_max_ns, hold_buckets, hold_counts) FROM STDIN (FORMAT binary)
        """;

    internal const string CopyEvents = "COPY pglocks.lock_events (at, kind, class_id, slot, key_id, instance_id, data) FROM STDIN (FORMAT binary)";

    /// <summary>In the transaction of the rows: the number tells afterwards whether a commit whose answer was lost took place.</summary>
    internal const string Flushed = """
        UPDATE pglocks.instances SET flush_number = $2, recorded = recorded + $3, dropped = $4, dropped_events = $5, last_seen_at = $6, written_to = $6 WHERE instance_id = $1
        """;

    internal const string GivenUp = "UPDATE pglocks.instances SET dropped = $2, dropped_events = $3 WHERE instance_id = $1";

    /// <summary>Waits for a transaction of the instance that is still on its way.</summary>
    internal const string FlushNumber = "SELECT flush_number FROM pglocks.instances WHERE instance_id = $1 FOR UPDATE";

    /// <summary>One step of a run that began $1 ago, or somewhat later; null when nothing is left. Rows written meanwhile are the next run's.</summary>
    internal const string Maintain = "SELECT pglocks.maintain(pg_catalog.now() - $1)";

    internal const string KeepHeld = """
        INSERT INTO pglocks.held_locks (instance_id, key_id, class_id, slot, fencing_token, acquired_at, updated_at)
        SELECT $1, h.key_id, $2, h.slot, h.fencing_token, h.acquired_at, $7
          FROM ROWS FROM (pg_catalog.unnest($3::int8[]), pg_catalog.unnest($4::int4[]), pg_catalog.unnest($5::int8[]), pg_catalog.unnest($6::timestamptz[]))
            AS h (key_id, slot, fencing_token, acquired_at)
        ON CONFLICT (instance_id, key_id) DO UPDATE
          SET fencing_token = excluded.fencing_token, acquired_at = excluded.acquired_at, updated_at = excluded.updated_at
        """;

    internal const string DropHeld = "DELETE FROM pglocks.held_locks WHERE instance_id = $1 AND key_id <> ALL ($2)";
}
