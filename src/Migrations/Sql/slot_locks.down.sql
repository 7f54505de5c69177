-- As in holders.sql.
CREATE OR REPLACE VIEW pglocks.slot_locks AS
WITH advisory AS MATERIALIZED (
    SELECT l.classid, l.objid::int8 AS slot, l.pid, l.granted, l.waitstart,
           min(l.pid) FILTER (WHERE l.granted) OVER w AS holder_pid,
           (count(*) FILTER (WHERE NOT l.granted) OVER w)::int4 AS waiters
    FROM pg_catalog.pg_locks l
    WHERE l.locktype = 'advisory' AND l.objsubid = 2
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
