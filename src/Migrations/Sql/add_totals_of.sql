-- The growth, added to the totals of one dimension.
CREATE FUNCTION pglocks.add_totals_of(of_dimension text, period timestamptz) RETURNS void
LANGUAGE sql
SET search_path = pg_catalog, pglocks, pg_temp
AS $$
    WITH chosen AS NOT MATERIALIZED (
        SELECT CASE of_dimension WHEN 'key' THEN s.key_id WHEN 'slot' THEN k.class_id::int8 << 16 | k.slot ELSE 0 END AS number,
               CASE of_dimension WHEN 'instance' THEN s.instance_id ELSE '00000000-0000-0000-0000-000000000000' END AS instance, s.*
        FROM pglocks.lock_totals_growth s
        JOIN pglocks.position_keys k ON k.key_id = s.key_id
    ),
    grown AS (
        SELECT number, instance, min(first_at) AS first_at, max(last_at) AS last_at, max(last_end) AS last_end,
               sum(acquired) AS acquired, sum(timed_out) AS timed_out, sum(contended_key) AS contended_key,
               sum(contended_slot) AS contended_slot, sum(contended_process) AS contended_process, sum(lost) AS lost,
               sum(wait_key_ns) AS wait_key_ns, sum(wait_yield_ns) AS wait_yield_ns, sum(wait_process_ns) AS wait_process_ns,
               sum(wait_slot_ns) AS wait_slot_ns, sum(wait_session_ns) AS wait_session_ns, sum(wait_server_ns) AS wait_server_ns,
               sum(wait_sum_ns) AS wait_sum_ns, sum(hold_sum_ns) AS hold_sum_ns,
               max(wait_max_ns) AS wait_max_ns, max(hold_max_ns) AS hold_max_ns
        FROM chosen
        GROUP BY number, instance
    ),
    old AS MATERIALIZED (
        SELECT t.* FROM pglocks.lock_totals t JOIN grown g ON t.dimension = of_dimension AND t.number = g.number AND t.instance_id = g.instance
    ),
    past AS (INSERT INTO pglocks.lock_totals_past SELECT * FROM old WHERE old.at < period),
    -- unnest in the select list, not in FROM: no tuple store a row.
    buckets AS (
        SELECT number, instance, is_wait, bucket, sum(count) AS count
        FROM (SELECT number, instance, true AS is_wait, unnest(wait_buckets) AS bucket, unnest(wait_counts) AS count FROM chosen
              UNION ALL
              SELECT number, instance, false, unnest(hold_buckets), unnest(hold_counts) FROM chosen
              UNION ALL
              SELECT number, instance_id, true, unnest(wait_buckets), unnest(wait_cumulated) - unnest(0::int8 || wait_cumulated[:cardinality(wait_cumulated) - 1]) FROM old WHERE wait_buckets <> '{}'
              UNION ALL
              SELECT number, instance_id, false, unnest(hold_buckets), unnest(hold_cumulated) - unnest(0::int8 || hold_cumulated[:cardinality(hold_cumulated) - 1]) FROM old WHERE hold_buckets <> '{}') AS sparse
        GROUP BY number, instance, is_wait, bucket
    ),
    histograms AS (
        SELECT number, instance,
               array_agg(bucket ORDER BY bucket) FILTER (WHERE is_wait) AS wait_buckets, array_agg(cumulated ORDER BY bucket) FILTER (WHERE is_wait) AS wait_cumulated,
               array_agg(bucket ORDER BY bucket) FILTER (WHERE NOT is_wait) AS hold_buckets, array_agg(cumulated ORDER BY bucket) FILTER (WHERE NOT is_wait) AS hold_cumulated
        FROM (SELECT number, instance, is_wait, bucket, (sum(count) OVER (PARTITION BY number, instance, is_wait ORDER BY bucket))::int8 AS cumulated FROM buckets) AS c
        GROUP BY number, instance
    )
    INSERT INTO pglocks.lock_totals AS t
    SELECT of_dimension, g.number, g.instance, greatest(period, o.at),
           least(g.first_at, o.first_interval_at), greatest(g.last_at, o.last_interval_at), greatest(g.last_end, o.last_interval_end),
           g.acquired + coalesce(o.acquired, 0), g.timed_out + coalesce(o.timed_out, 0), g.contended_key + coalesce(o.contended_key, 0),
           g.contended_slot + coalesce(o.contended_slot, 0), g.contended_process + coalesce(o.contended_process, 0), g.lost + coalesce(o.lost, 0),
           g.wait_key_ns + coalesce(o.wait_key_ns, 0), g.wait_yield_ns + coalesce(o.wait_yield_ns, 0), g.wait_process_ns + coalesce(o.wait_process_ns, 0),
           g.wait_slot_ns + coalesce(o.wait_slot_ns, 0), g.wait_session_ns + coalesce(o.wait_session_ns, 0), g.wait_server_ns + coalesce(o.wait_server_ns, 0),
           g.wait_sum_ns + coalesce(o.wait_sum_ns, 0), g.hold_sum_ns + coalesce(o.hold_sum_ns, 0),
           coalesce(h.wait_buckets, '{}'), coalesce(h.wait_cumulated, '{}'), coalesce(h.hold_buckets, '{}'), coalesce(h.hold_cumulated, '{}'),
           w.max_at, w.maxima_ns, d.max_at, d.maxima_ns
    FROM grown g
    LEFT JOIN old o ON o.number = g.number AND o.instance_id = g.instance
    LEFT JOIN histograms h ON h.number = g.number AND h.instance = g.instance
    CROSS JOIN LATERAL pglocks.add_maximum(coalesce(o.wait_max_at, '{}'), coalesce(o.wait_maxima_ns, '{}'), greatest(period, o.at), g.wait_max_ns) AS w
    CROSS JOIN LATERAL pglocks.add_maximum(coalesce(o.hold_max_at, '{}'), coalesce(o.hold_maxima_ns, '{}'), greatest(period, o.at), g.hold_max_ns) AS d
    ON CONFLICT (dimension, number, instance_id) DO UPDATE SET
        (at, first_interval_at, last_interval_at, last_interval_end, acquired, timed_out, contended_key, contended_slot, contended_process, lost,
         wait_key_ns, wait_yield_ns, wait_process_ns, wait_slot_ns, wait_session_ns, wait_server_ns, wait_sum_ns, hold_sum_ns,
         wait_buckets, wait_cumulated, hold_buckets, hold_cumulated, wait_max_at, wait_maxima_ns, hold_max_at, hold_maxima_ns) =
        (excluded.at, excluded.first_interval_at, excluded.last_interval_at, excluded.last_interval_end, excluded.acquired, excluded.timed_out, excluded.contended_key,
         excluded.contended_slot, excluded.contended_process, excluded.lost, excluded.wait_key_ns, excluded.wait_yield_ns, excluded.wait_process_ns,
         excluded.wait_slot_ns, excluded.wait_session_ns, excluded.wait_server_ns, excluded.wait_sum_ns, excluded.hold_sum_ns,
         excluded.wait_buckets, excluded.wait_cumulated, excluded.hold_buckets, excluded.hold_cumulated,
         excluded.wait_max_at, excluded.wait_maxima_ns, excluded.hold_max_at, excluded.hold_maxima_ns)
$$;
REVOKE ALL ON FUNCTION pglocks.add_totals_of(text, timestamptz) FROM PUBLIC;
