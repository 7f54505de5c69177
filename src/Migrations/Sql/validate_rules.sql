-- One sentence for every rule of the schema that is broken.
SELECT format('Function pglocks.%s may be executed by PUBLIC: REVOKE ALL ON FUNCTION %s FROM PUBLIC;', p.proname, p.oid::regprocedure)
FROM pg_proc p
WHERE p.pronamespace = to_regnamespace('pglocks')
  AND (p.proacl IS NULL OR EXISTS (SELECT FROM aclexplode(p.proacl) a WHERE a.grantee = 0))
UNION ALL
SELECT format('Function pglocks.%s has no fixed search_path: ALTER FUNCTION %s SET search_path = pg_catalog, pglocks, pg_temp;',
              p.proname, p.oid::regprocedure)
FROM pg_proc p
WHERE p.pronamespace = to_regnamespace('pglocks')
  AND p.prosqlbody IS NULL
  AND NOT EXISTS (SELECT FROM unnest(p.proconfig) setting WHERE setting LIKE 'search_path=pg_catalog, pglocks, pg_temp')
UNION ALL
SELECT format('Space ''%s'' lacks %s of its %s slot sequences (or they have another increment or cache than 1): '
              || 'restore them from a backup, or delete the space and create it anew.', s.name, s.pool_size + 1 - found.slots, s.pool_size + 1)
FROM pglocks.spaces s
CROSS JOIN LATERAL (
    SELECT count(*) AS slots
    FROM generate_series(0, s.pool_size) AS slot
    JOIN pg_sequence q ON q.seqrelid = to_regclass(format('pglocks.slot_%s_%s', s.class_id, slot))
    WHERE q.seqincrement = 1 AND q.seqcache = 1 AND NOT q.seqcycle) found
WHERE found.slots <= s.pool_size
