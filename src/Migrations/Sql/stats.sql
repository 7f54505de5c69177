-- The figures by 'key', 'slot' or 'instance', over a window that ends now (NULL: all that is kept). Percentiles cannot be averaged: they are read from
-- the histograms of the whole window. t: all totals; b: those before the window; r: what lock_stats has beside them.
-- BEGIN ATOMIC: bound when it is made, so no search_path can bend it, and the planner sees through it: what a query does not ask for costs
-- nothing, and what it does not sort by is computed for the rows within its LIMIT alone. In DO: Npgsql would send each statement of the body by itself.
DO $do$ BEGIN EXECUTE $sql$
CREATE FUNCTION pglocks.stats_by(dimension text, since interval) RETURNS TABLE (
    class_id int4, slot int4, key_id int8, instance_id uuid,
    acquired int8, timed_out int8, contended_key int8, contended_slot int8, contended_process int8, lost int8,
    wait_mean_ns int8, wait_p50_ns int8, wait_p95_ns int8, wait_p99_ns int8, wait_max_ns int8,
    wait_key_ns int8, wait_yield_ns int8, wait_process_ns int8, wait_slot_ns int8, wait_session_ns int8, wait_server_ns int8,
    hold_mean_ns int8, hold_p50_ns int8, hold_p95_ns int8, hold_p99_ns int8, hold_max_ns int8,
    first_interval_at timestamptz, last_interval_at timestamptz, last_interval_end timestamptz)
LANGUAGE sql STABLE ROWS 5000
BEGIN ATOMIC
SELECT CASE stats_by.dimension WHEN 'key' THEN k.class_id WHEN 'slot' THEN (coalesce(t.number, r.number) >> 16)::int4 END AS class_id,
       CASE stats_by.dimension WHEN 'key' THEN k.slot WHEN 'slot' THEN (coalesce(t.number, r.number) & 65535)::int4 END AS slot,
       coalesce(t.number, r.number) AS key_id, coalesce(t.instance_id, r.instance_id) AS instance_id,
       coalesce(t.acquired, 0) - coalesce(b.acquired, 0) + coalesce(r.acquired, 0) AS acquired,
       coalesce(t.timed_out, 0) - coalesce(b.timed_out, 0) + coalesce(r.timed_out, 0) AS timed_out,
       coalesce(t.contended_key, 0) - coalesce(b.contended_key, 0) + coalesce(r.contended_key, 0) AS contended_key,
       coalesce(t.contended_slot, 0) - coalesce(b.contended_slot, 0) + coalesce(r.contended_slot, 0) AS contended_slot,
       coalesce(t.contended_process, 0) - coalesce(b.contended_process, 0) + coalesce(r.contended_process, 0) AS contended_process,
       coalesce(t.lost, 0) - coalesce(b.lost, 0) + coalesce(r.lost, 0) AS lost,
       ((coalesce(t.wait_sum_ns, 0) - coalesce(b.wait_sum_ns, 0) + coalesce(r.wait_sum_ns, 0)) / nullif(coalesce(t.acquired, 0) - coalesce(b.acquired, 0) + coalesce(r.acquired, 0), 0))::int8 AS wait_mean_ns,
       pglocks.window_quantile(t.wait_buckets, t.wait_cumulated, b.wait_buckets, b.wait_cumulated, r.wait_buckets, r.wait_cumulated, 0.50, greatest(t.wait_maxima_ns[width_bucket((SELECT pglocks.window_start(stats_by.since)) - interval '1 microsecond', t.wait_max_at) + 1], r.wait_max_ns)) AS wait_p50_ns,
       pglocks.window_quantile(t.wait_buckets, t.wait_cumulated, b.wait_buckets, b.wait_cumulated, r.wait_buckets, r.wait_cumulated, 0.95, greatest(t.wait_maxima_ns[width_bucket((SELECT pglocks.window_start(stats_by.since)) - interval '1 microsecond', t.wait_max_at) + 1], r.wait_max_ns)) AS wait_p95_ns,
       pglocks.window_quantile(t.wait_buckets, t.wait_cumulated, b.wait_buckets, b.wait_cumulated, r.wait_buckets, r.wait_cumulated, 0.99, greatest(t.wait_maxima_ns[width_bucket((SELECT pglocks.window_start(stats_by.since)) - interval '1 microsecond', t.wait_max_at) + 1], r.wait_max_ns)) AS wait_p99_ns,
       greatest(t.wait_maxima_ns[width_bucket((SELECT pglocks.window_start(stats_by.since)) - interval '1 microsecond', t.wait_max_at) + 1], r.wait_max_ns) AS wait_max_ns,
       (coalesce(t.wait_key_ns, 0) - coalesce(b.wait_key_ns, 0) + coalesce(r.wait_key_ns, 0))::int8 AS wait_key_ns,
       (coalesce(t.wait_yield_ns, 0) - coalesce(b.wait_yield_ns, 0) + coalesce(r.wait_yield_ns, 0))::int8 AS wait_yield_ns,
       (coalesce(t.wait_process_ns, 0) - coalesce(b.wait_process_ns, 0) + coalesce(r.wait_process_ns, 0))::int8 AS wait_process_ns,
       (coalesce(t.wait_slot_ns, 0) - coalesce(b.wait_slot_ns, 0) + coalesce(r.wait_slot_ns, 0))::int8 AS wait_slot_ns,
       (coalesce(t.wait_session_ns, 0) - coalesce(b.wait_session_ns, 0) + coalesce(r.wait_session_ns, 0))::int8 AS wait_session_ns,
       (coalesce(t.wait_server_ns, 0) - coalesce(b.wait_server_ns, 0) + coalesce(r.wait_server_ns, 0))::int8 AS wait_server_ns,
       ((coalesce(t.hold_sum_ns, 0) - coalesce(b.hold_sum_ns, 0) + coalesce(r.hold_sum_ns, 0)) / nullif(coalesce(t.acquired, 0) - coalesce(b.acquired, 0) + coalesce(r.acquired, 0), 0))::int8 AS hold_mean_ns,
       pglocks.window_quantile(t.hold_buckets, t.hold_cumulated, b.hold_buckets, b.hold_cumulated, r.hold_buckets, r.hold_cumulated, 0.50, greatest(t.hold_maxima_ns[width_bucket((SELECT pglocks.window_start(stats_by.since)) - interval '1 microsecond', t.hold_max_at) + 1], r.hold_max_ns)) AS hold_p50_ns,
       pglocks.window_quantile(t.hold_buckets, t.hold_cumulated, b.hold_buckets, b.hold_cumulated, r.hold_buckets, r.hold_cumulated, 0.95, greatest(t.hold_maxima_ns[width_bucket((SELECT pglocks.window_start(stats_by.since)) - interval '1 microsecond', t.hold_max_at) + 1], r.hold_max_ns)) AS hold_p95_ns,
       pglocks.window_quantile(t.hold_buckets, t.hold_cumulated, b.hold_buckets, b.hold_cumulated, r.hold_buckets, r.hold_cumulated, 0.99, greatest(t.hold_maxima_ns[width_bucket((SELECT pglocks.window_start(stats_by.since)) - interval '1 microsecond', t.hold_max_at) + 1], r.hold_max_ns)) AS hold_p99_ns,
       greatest(t.hold_maxima_ns[width_bucket((SELECT pglocks.window_start(stats_by.since)) - interval '1 microsecond', t.hold_max_at) + 1], r.hold_max_ns) AS hold_max_ns,
       least(CASE WHEN b.number IS NULL THEN t.first_interval_at ELSE (SELECT pglocks.window_start(stats_by.since)) END, r.first_interval_at) AS first_interval_at,
       greatest(t.last_interval_at, r.last_interval_at) AS last_interval_at, greatest(t.last_interval_end, r.last_interval_end) AS last_interval_end
FROM (SELECT l.* FROM pglocks.lock_totals l
      WHERE l.dimension = stats_by.dimension AND l.at >= (SELECT pglocks.window_start(stats_by.since))) t
LEFT JOIN LATERAL (
    SELECT p.* FROM pglocks.lock_totals_past p
    WHERE p.dimension = t.dimension AND p.number = t.number AND p.instance_id = t.instance_id AND p.at < (SELECT pglocks.window_start(stats_by.since))
    ORDER BY p.at DESC
    LIMIT 1) b ON true
FULL JOIN pglocks.recent_stats(stats_by.dimension, stats_by.since) r ON r.number = t.number AND r.instance_id = t.instance_id
LEFT JOIN pglocks.position_keys k ON stats_by.dimension = 'key' AND k.key_id = coalesce(t.number, r.number);
END $sql$; END $do$;
REVOKE ALL ON FUNCTION pglocks.stats_by(text, interval) FROM PUBLIC;
