-- Turns the rows of one day into one an hour, key and instance. What is summed, is summed; histograms are added up bucket by bucket; nothing is lost.
-- The day is rewritten, so that its space returns to the system; only late writers to that day wait meanwhile, and readers of it at the end.
CREATE FUNCTION pglocks.roll_up_day(day date) RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pglocks, pg_temp
SET lock_timeout = '1s'
SET work_mem = '64MB'
SET enable_nestloop = off
SET jit = off
AS $$
DECLARE
    name text := 'lock_stats' || to_char(day, '_YYYYMMDD');
BEGIN
    EXECUTE format('LOCK TABLE pglocks.%I IN SHARE ROW EXCLUSIVE MODE', name);
    IF pglocks.totals_lack_from() < (day + 1)::timestamp AT TIME ZONE 'UTC' THEN
        RETURN; -- a row came late: its totals first, because a row of an hour starts earlier
    END IF;
    EXECUTE format('CREATE TABLE pglocks.%I (LIKE pglocks.lock_stats)', name || '_hours');
    EXECUTE format($sql$
        WITH chosen AS NOT MATERIALIZED (SELECT date_trunc('hour', interval_start, 'UTC') AS hour, * FROM pglocks.%1$I),
        merged AS (
            SELECT hour, key_id, instance_id, is_wait, bucket, sum(count)::int8 AS count
            FROM (SELECT hour, key_id, instance_id, true AS is_wait, unnest(wait_buckets) AS bucket, unnest(wait_counts) AS count FROM chosen
                  UNION ALL
                  SELECT hour, key_id, instance_id, false, unnest(hold_buckets), unnest(hold_counts) FROM chosen) AS sparse
            GROUP BY hour, key_id, instance_id, is_wait, bucket
        ),
        histograms AS (
            SELECT hour, key_id, instance_id,
                   array_agg(bucket ORDER BY bucket) FILTER (WHERE is_wait) AS wait_buckets, array_agg(count ORDER BY bucket) FILTER (WHERE is_wait) AS wait_counts,
                   array_agg(bucket ORDER BY bucket) FILTER (WHERE NOT is_wait) AS hold_buckets, array_agg(count ORDER BY bucket) FILTER (WHERE NOT is_wait) AS hold_counts
            FROM merged
            GROUP BY hour, key_id, instance_id
        ),
        summed AS (
            SELECT hour, key_id, instance_id, max(extract(epoch FROM interval_start - hour) * 1000 + interval_ms) AS end_ms,
                   sum(acquired)::int8 AS acquired, sum(timed_out)::int8 AS timed_out, sum(contended_key)::int8 AS contended_key,
                   sum(contended_slot)::int8 AS contended_slot, sum(contended_process)::int8 AS contended_process, sum(lost)::int8 AS lost,
                   sum(wait_key_ns)::int8 AS wait_key_ns, sum(wait_yield_ns)::int8 AS wait_yield_ns, sum(wait_process_ns)::int8 AS wait_process_ns,
                   sum(wait_slot_ns)::int8 AS wait_slot_ns, sum(wait_session_ns)::int8 AS wait_session_ns, sum(wait_server_ns)::int8 AS wait_server_ns,
                   sum(wait_sum_ns)::int8 AS wait_sum_ns, max(wait_max_ns) AS wait_max_ns, sum(hold_sum_ns)::int8 AS hold_sum_ns, max(hold_max_ns) AS hold_max_ns
            FROM chosen
            GROUP BY hour, key_id, instance_id
        )
        INSERT INTO pglocks.%2$I (
            interval_start, interval_ms, key_id, instance_id,
            acquired, timed_out, contended_key, contended_slot, contended_process, lost,
            wait_key_ns, wait_yield_ns, wait_process_ns, wait_slot_ns, wait_session_ns, wait_server_ns,
            wait_sum_ns, wait_max_ns, wait_buckets, wait_counts, hold_sum_ns, hold_max_ns, hold_buckets, hold_counts)
        SELECT s.hour, least(greatest(ceil(s.end_ms), 3600000), 2147483647)::int4, s.key_id, s.instance_id,
               s.acquired, s.timed_out, s.contended_key, s.contended_slot, s.contended_process, s.lost,
               s.wait_key_ns, s.wait_yield_ns, s.wait_process_ns, s.wait_slot_ns, s.wait_session_ns, s.wait_server_ns,
               s.wait_sum_ns, s.wait_max_ns, coalesce(h.wait_buckets, '{}'), coalesce(h.wait_counts, '{}'),
               s.hold_sum_ns, s.hold_max_ns, coalesce(h.hold_buckets, '{}'), coalesce(h.hold_counts, '{}')
        FROM summed s
        LEFT JOIN histograms h ON h.hour = s.hour AND h.key_id = s.key_id AND h.instance_id = s.instance_id
        ORDER BY s.hour
        $sql$, name, name || '_hours');
    EXECUTE format('TRUNCATE pglocks.%I', name);
    EXECUTE format('INSERT INTO pglocks.%I SELECT * FROM pglocks.%I', name, name || '_hours');
    EXECUTE format('DROP TABLE pglocks.%I', name || '_hours');
    INSERT INTO pglocks.rolled_up_days (day, rolled_up_at) VALUES (day, now());
END $$;
REVOKE ALL ON FUNCTION pglocks.roll_up_day(date) FROM PUBLIC;
