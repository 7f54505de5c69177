-- The rows of some instances that start in [starts, ends) of the instance and in [from_time, to_time), counted up by key and instance.
CREATE FUNCTION pglocks.count_growth(from_time timestamptz, to_time timestamptz, instance_ids uuid[], starts timestamptz[], ends timestamptz[]) RETURNS void
LANGUAGE sql
SET search_path = pg_catalog, pglocks, pg_temp
AS $$
    WITH chosen AS NOT MATERIALIZED (
        SELECT s.*
        FROM pglocks.lock_stats s
        JOIN unnest(instance_ids, starts, ends) AS i(instance_id, start_at, end_at)
            ON i.instance_id = s.instance_id AND s.interval_start >= i.start_at AND s.interval_start < i.end_at
        WHERE s.interval_start >= from_time AND s.interval_start < to_time
    ),
    counted AS (
        SELECT key_id, instance_id, min(interval_start) AS first_at, max(interval_start) AS last_at,
               max(interval_start + interval_ms * interval '1 ms') AS last_end,
               sum(acquired) AS acquired, sum(timed_out) AS timed_out, sum(contended_key) AS contended_key,
               sum(contended_slot) AS contended_slot, sum(contended_process) AS contended_process, sum(lost) AS lost,
               sum(wait_key_ns) AS wait_key_ns, sum(wait_yield_ns) AS wait_yield_ns, sum(wait_process_ns) AS wait_process_ns,
               sum(wait_slot_ns) AS wait_slot_ns, sum(wait_session_ns) AS wait_session_ns, sum(wait_server_ns) AS wait_server_ns,
               sum(wait_sum_ns) AS wait_sum_ns, sum(hold_sum_ns) AS hold_sum_ns,
               max(wait_max_ns) FILTER (WHERE acquired > 0) AS wait_max_ns, max(hold_max_ns) FILTER (WHERE acquired > 0) AS hold_max_ns
        FROM chosen
        GROUP BY key_id, instance_id
    ),
    -- unnest in the select list, not in FROM: no tuple store a row.
    buckets AS (
        SELECT key_id, instance_id, is_wait, bucket, sum(count)::int8 AS count
        FROM (SELECT key_id, instance_id, true AS is_wait, unnest(wait_buckets) AS bucket, unnest(wait_counts) AS count FROM chosen
              UNION ALL
              SELECT key_id, instance_id, false, unnest(hold_buckets), unnest(hold_counts) FROM chosen) AS sparse
        GROUP BY key_id, instance_id, is_wait, bucket
    ),
    histograms AS (
        SELECT key_id, instance_id,
               array_agg(bucket) FILTER (WHERE is_wait) AS wait_buckets, array_agg(count) FILTER (WHERE is_wait) AS wait_counts,
               array_agg(bucket) FILTER (WHERE NOT is_wait) AS hold_buckets, array_agg(count) FILTER (WHERE NOT is_wait) AS hold_counts
        FROM buckets
        GROUP BY key_id, instance_id
    )
    INSERT INTO pglocks.lock_totals_growth
    SELECT c.*, coalesce(h.wait_buckets, '{}'), coalesce(h.wait_counts, '{}'), coalesce(h.hold_buckets, '{}'), coalesce(h.hold_counts, '{}')
    FROM counted c
    LEFT JOIN histograms h USING (key_id, instance_id)
$$;
REVOKE ALL ON FUNCTION pglocks.count_growth(timestamptz, timestamptz, uuid[], timestamptz[], timestamptz[]) FROM PUBLIC;
