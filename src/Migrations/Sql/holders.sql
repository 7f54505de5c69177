-- Every granted or awaited slot, with who stands behind it. pg_locks is the authority: what a killed instance left in sessions and
-- held_locks matches no live backend. It is read once a query, because reading it locks every partition of the lock table.
-- Without pg_read_all_stats the start of another role's backend is hidden: then the latest session registered under its pid stands in.
CREATE VIEW pglocks.slot_locks AS
WITH advisory AS MATERIALIZED (
    SELECT l.classid, l.objid::int8 AS slot, l.pid, l.granted, l.waitstart,
           min(l.pid) FILTER (WHERE l.granted) OVER w AS holder_pid,
           (count(*) FILTER (WHERE NOT l.granted) OVER w)::int4 AS waiters
    FROM pg_catalog.pg_locks l
    -- An instance's mark of life is the lock (class_id, -1): no slot, and as an oid too large for an int4, whoever filters by slot first.
    WHERE l.locktype = 'advisory' AND l.objsubid = 2 AND l.objid::int8 < 4096
      AND l.database = (SELECT d.oid FROM pg_catalog.pg_database d WHERE d.datname = current_database())
    WINDOW w AS (PARTITION BY l.classid, l.objid)
)
SELECT sp.name AS space, sp.class_id, l.slot::int4 AS slot, l.granted, l.waitstart AS waiting_since, l.holder_pid, l.waiters,
       l.pid AS backend_pid, coalesce(a.backend_start, s.backend_start) AS backend_start,
       i.instance_id, coalesce(i.application, a.application_name) AS application,
       coalesce(i.host, a.client_hostname, host(a.client_addr)) AS host, i.pid, s.role, i.long_hold_ms
FROM advisory l
JOIN pglocks.spaces sp ON sp.class_id::oid = l.classid AND l.slot < sp.pool_size
LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid
LEFT JOIN LATERAL (
    SELECT s.instance_id, s.role, s.backend_start
    FROM pglocks.sessions s
    WHERE s.backend_pid = l.pid AND (a.backend_start IS NULL OR s.backend_start = a.backend_start)
    ORDER BY s.backend_start DESC
    LIMIT 1
) s ON true
LEFT JOIN pglocks.instances i ON i.instance_id = s.instance_id;

CREATE VIEW pglocks.current_holders AS
SELECT l.space, l.slot, l.backend_pid, l.backend_start, l.instance_id, l.application, l.host, l.pid, l.role,
       m.hotkey, k.trade_pair_id AS pair, h.fencing_token, h.acquired_at, clock_timestamp() - h.acquired_at AS hold_age, l.waiters
FROM pglocks.slot_locks l
LEFT JOIN (pglocks.held_locks h
           JOIN pglocks.position_keys k ON k.key_id = h.key_id
           JOIN pglocks.miners m ON m.miner_id = k.miner_id)
    ON h.instance_id = l.instance_id AND h.class_id = l.class_id AND h.slot = l.slot
WHERE l.granted;

CREATE VIEW pglocks.current_waiters AS
SELECT l.space, l.slot, l.backend_pid, l.backend_start, l.instance_id, l.application, l.host, l.pid, l.waiting_since, l.holder_pid
FROM pglocks.slot_locks l
WHERE NOT l.granted;

CREATE VIEW pglocks.long_held AS
SELECT h.*
FROM pglocks.current_holders h
JOIN pglocks.instances i ON i.instance_id = h.instance_id
WHERE h.hold_age > i.long_hold_ms * interval '1 ms';

COMMENT ON VIEW pglocks.current_holders IS
    'One row a granted slot and key. No key: kept without a lease, or held shorter than the long-hold threshold. No instance: a session that is not PgLocks';
COMMENT ON VIEW pglocks.current_waiters IS 'Sessions that stand in the queue of a slot, since when, and behind whom';
COMMENT ON VIEW pglocks.long_held IS 'current_holders held longer than the threshold of their instance';
