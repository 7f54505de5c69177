-- The figures of lock_stats, added up by 'key', 'slot' or 'instance', over a window that ends now (NULL: all that is kept).
-- Percentiles cannot be averaged: the histograms are merged bucket by bucket, and the quantiles are read from the merged one.
-- NOT MATERIALIZED: reading the table again, in parallel, beats writing its arrays to a temporary file. work_mem: the merged histograms of
-- some thousand keys in one hash table.
-- Every dimension groups by (number, instance_id), and leaves one of them empty instead of NULL, so that all joins can hash.
CREATE FUNCTION pglocks.stats_by(dimension text, since interval) RETURNS TABLE (
    class_id int4, slot int4, key_id int8, instance_id uuid,
    acquired int8, timed_out int8, contended_key int8, contended_slot int8, contended_process int8, lost int8,
    wait_mean_ns int8, wait_p50_ns int8, wait_p95_ns int8, wait_p99_ns int8, wait_max_ns int8,
    wait_key_ns int8, wait_yield_ns int8, wait_process_ns int8, wait_slot_ns int8, wait_session_ns int8, wait_server_ns int8,
    hold_mean_ns int8, hold_p50_ns int8, hold_p95_ns int8, hold_p99_ns int8, hold_max_ns int8,
    first_interval_at timestamptz, last_interval_at timestamptz, last_interval_end timestamptz)
LANGUAGE sql STABLE ROWS 5000
SET search_path = pg_catalog, pglocks, pg_temp
SET work_mem = '64MB'
AS $$
    WITH chosen AS NOT MATERIALIZED (
        SELECT CASE dimension WHEN 'key' THEN s.key_id WHEN 'slot' THEN k.class_id::int8 << 16 | k.slot ELSE 0 END AS number,
               CASE dimension WHEN 'instance' THEN s.instance_id ELSE '00000000-0000-0000-0000-000000000000' END AS instance,
               k.class_id, k.slot AS key_slot, s.*
        FROM pglocks.lock_stats s
        JOIN pglocks.position_keys k ON k.key_id = s.key_id
        WHERE s.interval_start >= coalesce(now() - since, '-infinity')
    ),
    totals AS (
        SELECT number, instance, min(class_id) AS class_id, min(key_slot) AS slot,
               sum(acquired)::int8 AS acquired, sum(timed_out)::int8 AS timed_out, sum(contended_key)::int8 AS contended_key,
               sum(contended_slot)::int8 AS contended_slot, sum(contended_process)::int8 AS contended_process, sum(lost)::int8 AS lost,
               sum(wait_key_ns)::int8 AS wait_key_ns, sum(wait_yield_ns)::int8 AS wait_yield_ns, sum(wait_process_ns)::int8 AS wait_process_ns,
               sum(wait_slot_ns)::int8 AS wait_slot_ns, sum(wait_session_ns)::int8 AS wait_session_ns, sum(wait_server_ns)::int8 AS wait_server_ns,
               sum(wait_sum_ns) AS wait_sum_ns, max(wait_max_ns) FILTER (WHERE acquired > 0) AS wait_max_ns,
               sum(hold_sum_ns) AS hold_sum_ns, max(hold_max_ns) FILTER (WHERE acquired > 0) AS hold_max_ns,
               min(interval_start) AS first_interval_at, max(interval_start) AS last_interval_at,
               max(interval_start + interval_ms * interval '1 ms') AS last_interval_end
        FROM chosen
        GROUP BY number, instance
    ),
    -- unnest in the select list, not in FROM: no tuple store a row.
    merged AS (
        SELECT number, instance, is_wait, bucket, sum(count) AS count
        FROM (SELECT number, instance, true AS is_wait, unnest(wait_buckets) AS bucket, unnest(wait_counts) AS count FROM chosen
              UNION ALL
              SELECT number, instance, false, unnest(hold_buckets), unnest(hold_counts) FROM chosen) AS sparse
        GROUP BY number, instance, is_wait, bucket
    ),
    cumulated AS (
        SELECT number, instance, is_wait, v.value_ns,
               sum(count) OVER (PARTITION BY number, instance, is_wait ORDER BY bucket) AS up_to,
               sum(count) OVER (PARTITION BY number, instance, is_wait) AS total
        FROM merged
        JOIN (SELECT b::int2 AS bucket, pglocks.bucket_value_ns(b) AS value_ns FROM generate_series(0, 959) AS b) v USING (bucket)
    ),
    quantiles AS (
        SELECT number, instance,
               min(value_ns) FILTER (WHERE is_wait AND up_to >= total * 0.50) AS wait_p50,
               min(value_ns) FILTER (WHERE is_wait AND up_to >= total * 0.95) AS wait_p95,
               min(value_ns) FILTER (WHERE is_wait AND up_to >= total * 0.99) AS wait_p99,
               min(value_ns) FILTER (WHERE NOT is_wait AND up_to >= total * 0.50) AS hold_p50,
               min(value_ns) FILTER (WHERE NOT is_wait AND up_to >= total * 0.95) AS hold_p95,
               min(value_ns) FILTER (WHERE NOT is_wait AND up_to >= total * 0.99) AS hold_p99
        FROM cumulated
        WHERE total > 0
        GROUP BY number, instance
    )
    SELECT t.class_id, t.slot, t.number, t.instance,
           t.acquired, t.timed_out, t.contended_key, t.contended_slot, t.contended_process, t.lost,
           (t.wait_sum_ns / nullif(t.acquired, 0))::int8,
           least(q.wait_p50, t.wait_max_ns), least(q.wait_p95, t.wait_max_ns),
           least(q.wait_p99, t.wait_max_ns), t.wait_max_ns,
           t.wait_key_ns, t.wait_yield_ns, t.wait_process_ns, t.wait_slot_ns, t.wait_session_ns, t.wait_server_ns,
           (t.hold_sum_ns / nullif(t.acquired, 0))::int8,
           least(q.hold_p50, t.hold_max_ns), least(q.hold_p95, t.hold_max_ns),
           least(q.hold_p99, t.hold_max_ns), t.hold_max_ns,
           t.first_interval_at, t.last_interval_at, t.last_interval_end
    FROM totals t
    LEFT JOIN quantiles q USING (number, instance)
$$;
REVOKE ALL ON FUNCTION pglocks.stats_by(text, interval) FROM PUBLIC;
