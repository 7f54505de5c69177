DO $do$ BEGIN EXECUTE $sql$
CREATE FUNCTION pglocks.key_stats_since(since interval) RETURNS TABLE (
    space text, hotkey text, pair text, slot int4,
    acquired int8, timed_out int8, contended_key int8, contended_slot int8, contended_process int8, lost int8,
    wait_mean_ns int8, wait_p50_ns int8, wait_p95_ns int8, wait_p99_ns int8, wait_max_ns int8,
    wait_key_ns int8, wait_yield_ns int8, wait_process_ns int8, wait_slot_ns int8, wait_session_ns int8, wait_server_ns int8,
    hold_mean_ns int8, hold_p50_ns int8, hold_p95_ns int8, hold_p99_ns int8, hold_max_ns int8,
    first_interval_at timestamptz, last_interval_at timestamptz)
LANGUAGE sql STABLE ROWS 5000
BEGIN ATOMIC
    SELECT sp.name, m.hotkey, k.trade_pair_id, k.slot,
           s.acquired, s.timed_out, s.contended_key, s.contended_slot, s.contended_process, s.lost,
           s.wait_mean_ns, s.wait_p50_ns, s.wait_p95_ns, s.wait_p99_ns, s.wait_max_ns,
           s.wait_key_ns, s.wait_yield_ns, s.wait_process_ns, s.wait_slot_ns, s.wait_session_ns, s.wait_server_ns,
           s.hold_mean_ns, s.hold_p50_ns, s.hold_p95_ns, s.hold_p99_ns, s.hold_max_ns,
           s.first_interval_at, s.last_interval_at
    FROM pglocks.stats_by('key', since) s
    JOIN pglocks.position_keys k ON k.key_id = s.key_id
    JOIN pglocks.miners m ON m.miner_id = k.miner_id
    JOIN pglocks.spaces sp ON sp.class_id = k.class_id;
END $sql$; END $do$;
REVOKE ALL ON FUNCTION pglocks.key_stats_since(interval) FROM PUBLIC;

-- keys: how many the registry has in the slot, with figures in the window or without.
DO $do$ BEGIN EXECUTE $sql$
CREATE FUNCTION pglocks.slot_stats_since(since interval) RETURNS TABLE (
    space text, slot int4, keys int8,
    acquired int8, timed_out int8, contended_key int8, contended_slot int8, contended_process int8, lost int8,
    wait_mean_ns int8, wait_p50_ns int8, wait_p95_ns int8, wait_p99_ns int8, wait_max_ns int8,
    wait_key_ns int8, wait_yield_ns int8, wait_process_ns int8, wait_slot_ns int8, wait_session_ns int8, wait_server_ns int8,
    hold_mean_ns int8, hold_p50_ns int8, hold_p95_ns int8, hold_p99_ns int8, hold_max_ns int8,
    first_interval_at timestamptz, last_interval_at timestamptz)
LANGUAGE sql STABLE ROWS 256
BEGIN ATOMIC
    SELECT sp.name, s.slot, k.keys,
           s.acquired, s.timed_out, s.contended_key, s.contended_slot, s.contended_process, s.lost,
           s.wait_mean_ns, s.wait_p50_ns, s.wait_p95_ns, s.wait_p99_ns, s.wait_max_ns,
           s.wait_key_ns, s.wait_yield_ns, s.wait_process_ns, s.wait_slot_ns, s.wait_session_ns, s.wait_server_ns,
           s.hold_mean_ns, s.hold_p50_ns, s.hold_p95_ns, s.hold_p99_ns, s.hold_max_ns,
           s.first_interval_at, s.last_interval_at
    FROM pglocks.stats_by('slot', since) s
    JOIN (SELECT p.class_id, p.slot, count(*) AS keys FROM pglocks.position_keys p GROUP BY p.class_id, p.slot) k
        ON k.class_id = s.class_id AND k.slot = s.slot
    JOIN pglocks.spaces sp ON sp.class_id = s.class_id;
END $sql$; END $do$;
REVOKE ALL ON FUNCTION pglocks.slot_stats_since(interval) FROM PUBLIC;

DO $do$ BEGIN EXECUTE $sql$
CREATE FUNCTION pglocks.instance_stats_since(since interval) RETURNS TABLE (
    space text, instance_id uuid, application text, host text, pid int4, version text,
    started_at timestamptz, last_seen_at timestamptz, closed_at timestamptz, recorded int8, dropped int8, dropped_events int8,
    acquired int8, timed_out int8, contended_key int8, contended_slot int8, contended_process int8, lost int8,
    wait_mean_ns int8, wait_p50_ns int8, wait_p95_ns int8, wait_p99_ns int8, wait_max_ns int8,
    wait_key_ns int8, wait_yield_ns int8, wait_process_ns int8, wait_slot_ns int8, wait_session_ns int8, wait_server_ns int8,
    hold_mean_ns int8, hold_p50_ns int8, hold_p95_ns int8, hold_p99_ns int8, hold_max_ns int8,
    first_interval_at timestamptz, last_interval_at timestamptz)
LANGUAGE sql STABLE ROWS 20
BEGIN ATOMIC
    SELECT sp.name, i.instance_id, i.application, i.host, i.pid, i.version,
           i.started_at, i.last_seen_at, i.closed_at, i.recorded, i.dropped, i.dropped_events,
           s.acquired, s.timed_out, s.contended_key, s.contended_slot, s.contended_process, s.lost,
           s.wait_mean_ns, s.wait_p50_ns, s.wait_p95_ns, s.wait_p99_ns, s.wait_max_ns,
           s.wait_key_ns, s.wait_yield_ns, s.wait_process_ns, s.wait_slot_ns, s.wait_session_ns, s.wait_server_ns,
           s.hold_mean_ns, s.hold_p50_ns, s.hold_p95_ns, s.hold_p99_ns, s.hold_max_ns,
           s.first_interval_at, s.last_interval_at
    FROM pglocks.stats_by('instance', since) s
    JOIN pglocks.instances i ON i.instance_id = s.instance_id
    JOIN pglocks.spaces sp ON sp.class_id = i.class_id;
END $sql$; END $do$;
REVOKE ALL ON FUNCTION pglocks.instance_stats_since(interval) FROM PUBLIC;

CREATE VIEW pglocks.key_stats AS SELECT * FROM pglocks.key_stats_since(NULL);
CREATE VIEW pglocks.slot_stats AS SELECT * FROM pglocks.slot_stats_since(NULL);
CREATE VIEW pglocks.instance_stats AS SELECT * FROM pglocks.instance_stats_since(NULL);

COMMENT ON VIEW pglocks.key_stats IS 'Per key, over the kept window: counts; mean, p50, p95, p99, max of wait and hold. For a chosen window: key_stats_since(interval)';
COMMENT ON VIEW pglocks.slot_stats IS 'Per slot, over the kept window. For a chosen window: slot_stats_since(interval)';
COMMENT ON VIEW pglocks.instance_stats IS 'Per instance, over the kept window. For a chosen window: instance_stats_since(interval)';
