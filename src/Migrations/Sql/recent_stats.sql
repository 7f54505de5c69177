-- From where on a window that ends now is read from lock_totals: hours of the last days, whole days (UTC) before. NULL: all that is kept.
-- A window up to an hour is read from lock_stats alone: 'infinity'.
CREATE FUNCTION pglocks.window_start(since interval) RETURNS timestamptz
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pglocks, pg_temp
AS $$
    SELECT CASE WHEN since IS NULL THEN pglocks.kept_from()
                WHEN since <= interval '1 hour' THEN 'infinity'
                WHEN now() - since >= date_trunc('day', now(), 'UTC') - interval '2 days' THEN date_trunc('hour', now() - since, 'UTC')
                ELSE greatest(pglocks.kept_from(), date_trunc('day', now() - since, 'UTC')) END
$$;
REVOKE ALL ON FUNCTION pglocks.window_start(interval) FROM PUBLIC;

-- The figures of a window that are read from lock_stats: all of a short one, else what lock_totals lacks. Histograms cumulated, in the order of buckets.
CREATE FUNCTION pglocks.recent_stats(of_dimension text, since interval) RETURNS TABLE (
    number int8, instance_id uuid, first_interval_at timestamptz, last_interval_at timestamptz, last_interval_end timestamptz,
    acquired int8, timed_out int8, contended_key int8, contended_slot int8, contended_process int8, lost int8,
    wait_key_ns int8, wait_yield_ns int8, wait_process_ns int8, wait_slot_ns int8, wait_session_ns int8, wait_server_ns int8,
    wait_sum_ns numeric, hold_sum_ns numeric, wait_max_ns int8, hold_max_ns int8,
    wait_buckets int2[], wait_cumulated int8[], hold_buckets int2[], hold_cumulated int8[])
LANGUAGE plpgsql STABLE ROWS 100
SET search_path = pg_catalog, pglocks, pg_temp
SET work_mem = '64MB'
SET jit = off
AS $$
#variable_conflict use_column
DECLARE
    starts   timestamptz := coalesce(now() - since, '-infinity');
    is_whole boolean := pglocks.window_start(since) = 'infinity';
BEGIN
    IF NOT is_whole THEN
        starts := greatest(starts, pglocks.totals_lack_from());
    END IF;
    RETURN QUERY
    WITH chosen AS NOT MATERIALIZED (
        SELECT CASE of_dimension WHEN 'key' THEN s.key_id WHEN 'slot' THEN k.class_id::int8 << 16 | k.slot ELSE 0 END AS number,
               CASE of_dimension WHEN 'instance' THEN s.instance_id ELSE '00000000-0000-0000-0000-000000000000' END AS instance, s.*
        FROM pglocks.lock_stats s
        JOIN pglocks.position_keys k ON k.key_id = s.key_id
        LEFT JOIN pglocks.lock_totals_marks m ON m.instance_id = s.instance_id AND NOT is_whole
        WHERE s.interval_start >= starts AND s.interval_start >= coalesce(m.added_to, '-infinity')
    ),
    totals AS (
        SELECT number, instance, min(interval_start) AS first_at, max(interval_start) AS last_at,
               max(interval_start + interval_ms * interval '1 ms') AS last_end,
               sum(acquired)::int8 AS acquired, sum(timed_out)::int8 AS timed_out, sum(contended_key)::int8 AS contended_key,
               sum(contended_slot)::int8 AS contended_slot, sum(contended_process)::int8 AS contended_process, sum(lost)::int8 AS lost,
               sum(wait_key_ns)::int8 AS wait_key_ns, sum(wait_yield_ns)::int8 AS wait_yield_ns, sum(wait_process_ns)::int8 AS wait_process_ns,
               sum(wait_slot_ns)::int8 AS wait_slot_ns, sum(wait_session_ns)::int8 AS wait_session_ns, sum(wait_server_ns)::int8 AS wait_server_ns,
               sum(wait_sum_ns) AS wait_sum_ns, sum(hold_sum_ns) AS hold_sum_ns,
               max(wait_max_ns) FILTER (WHERE acquired > 0) AS wait_max_ns, max(hold_max_ns) FILTER (WHERE acquired > 0) AS hold_max_ns
        FROM chosen
        GROUP BY number, instance
    ),
    -- unnest in the select list, not in FROM: no tuple store a row.
    buckets AS (
        SELECT number, instance, is_wait, bucket, sum(count) AS count
        FROM (SELECT number, instance, true AS is_wait, unnest(wait_buckets) AS bucket, unnest(wait_counts) AS count FROM chosen
              UNION ALL
              SELECT number, instance, false, unnest(hold_buckets), unnest(hold_counts) FROM chosen) AS sparse
        GROUP BY number, instance, is_wait, bucket
    ),
    histograms AS (
        SELECT number, instance,
               array_agg(bucket ORDER BY bucket) FILTER (WHERE is_wait) AS wait_buckets, array_agg(cumulated ORDER BY bucket) FILTER (WHERE is_wait) AS wait_cumulated,
               array_agg(bucket ORDER BY bucket) FILTER (WHERE NOT is_wait) AS hold_buckets, array_agg(cumulated ORDER BY bucket) FILTER (WHERE NOT is_wait) AS hold_cumulated
        FROM (SELECT number, instance, is_wait, bucket, (sum(count) OVER (PARTITION BY number, instance, is_wait ORDER BY bucket))::int8 AS cumulated FROM buckets) AS c
        GROUP BY number, instance
    )
    SELECT t.number, t.instance, t.first_at, t.last_at, t.last_end,
           t.acquired, t.timed_out, t.contended_key, t.contended_slot, t.contended_process, t.lost,
           t.wait_key_ns, t.wait_yield_ns, t.wait_process_ns, t.wait_slot_ns, t.wait_session_ns, t.wait_server_ns,
           t.wait_sum_ns, t.hold_sum_ns, t.wait_max_ns, t.hold_max_ns, h.wait_buckets, h.wait_cumulated, h.hold_buckets, h.hold_cumulated
    FROM totals t
    LEFT JOIN histograms h ON h.number = t.number AND h.instance = t.instance;
END $$;
REVOKE ALL ON FUNCTION pglocks.recent_stats(text, interval) FROM PUBLIC;
