-- The earliest start that a row of lock_stats which is not in lock_totals can have; 'infinity' when there is none.
CREATE FUNCTION pglocks.totals_lack_from() RETURNS timestamptz
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pglocks, pg_temp
AS $$
    SELECT coalesce(min(coalesce(m.added_to, i.started_at - interval '1 minute')), 'infinity')
    FROM pglocks.instances i
    LEFT JOIN pglocks.lock_totals_marks m ON m.instance_id = i.instance_id
    WHERE i.written_to > coalesce(m.added_to, '-infinity')
$$;
REVOKE ALL ON FUNCTION pglocks.totals_lack_from() FROM PUBLIC;

-- A maximum joins those that no later one exceeds.
CREATE FUNCTION pglocks.add_maximum(INOUT max_at timestamptz[], INOUT maxima_ns int8[], at timestamptz, max_ns int8)
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pglocks, pg_temp
AS $$
    SELECT coalesce(array_agg(a ORDER BY a), '{}'), coalesce(array_agg(v ORDER BY a), '{}')
    FROM (SELECT a, v FROM unnest(max_at, maxima_ns) AS kept(a, v) WHERE v > coalesce(max_ns, -1)
          UNION ALL
          SELECT at, max_ns
          WHERE max_ns IS NOT NULL AND NOT EXISTS (SELECT FROM unnest(max_at, maxima_ns) AS kept(a, v) WHERE a >= at AND v > max_ns)) AS maxima
$$;
REVOKE ALL ON FUNCTION pglocks.add_maximum(timestamptz[], int8[], timestamptz, int8) FROM PUBLIC;

-- Adds the rows of lock_stats of one hour (one day, when that is some days ago) that lock_totals lacks. False when it lacked none.
-- The instances are read first: every row that starts before written_to was committed with it.
CREATE FUNCTION pglocks.add_totals() RETURNS boolean
LANGUAGE plpgsql
SET search_path = pg_catalog, pglocks, pg_temp
SET work_mem = '64MB'
SET enable_nestloop = off -- how many rows an expression yields is a guess, and a wrong one makes a nested loop of thousands by thousands
SET jit = off
AS $$
DECLARE
    lack_from    timestamptz := pglocks.totals_lack_from();
    grain        text := CASE WHEN lack_from < date_trunc('day', now(), 'UTC') - interval '2 days' THEN 'day' ELSE 'hour' END;
    period       timestamptz;
    period_end   timestamptz;
    instance_ids uuid[];
    starts       timestamptz[];
    ends         timestamptz[];
BEGIN
    IF lack_from = 'infinity' THEN
        RETURN false;
    END IF;
    period := date_trunc(grain, lack_from, 'UTC');
    period_end := period + ('1 ' || grain)::interval;
    SELECT array_agg(i.instance_id), array_agg(coalesce(m.added_to, '-infinity')), array_agg(least(i.written_to, period_end))
        INTO instance_ids, starts, ends
        FROM pglocks.instances i
        LEFT JOIN pglocks.lock_totals_marks m ON m.instance_id = i.instance_id
        WHERE i.written_to > coalesce(m.added_to, '-infinity') AND coalesce(m.added_to, i.started_at - interval '1 minute') < period_end;
    PERFORM pglocks.count_growth(lack_from, period_end, instance_ids, starts, ends);
    PERFORM pglocks.add_totals_of(dimension, period) FROM unnest(ARRAY['key', 'slot', 'instance']) AS dimension;
    DELETE FROM pglocks.lock_totals_growth; -- not TRUNCATE: a dump that reads it would hold up the upkeep
    INSERT INTO pglocks.lock_totals_marks AS m (instance_id, added_to)
        SELECT * FROM unnest(instance_ids, ends)
        ON CONFLICT (instance_id) DO UPDATE SET added_to = excluded.added_to;
    RETURN true;
END $$;
REVOKE ALL ON FUNCTION pglocks.add_totals() FROM PUBLIC;
