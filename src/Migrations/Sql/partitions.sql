-- Partitions of lock_stats and lock_events are days, in UTC.
CREATE FUNCTION pglocks.utc_today() RETURNS date
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pglocks, pg_temp
AS $$ SELECT (now() AT TIME ZONE 'UTC')::date $$;
REVOKE ALL ON FUNCTION pglocks.utc_today() FROM PUBLIC;

CREATE FUNCTION pglocks.day_partitions() RETURNS TABLE (parent text, day date, partition text)
LANGUAGE sql STABLE
SET search_path = pg_catalog, pglocks, pg_temp
AS $$
    SELECT p.relname::text, right(c.relname, 8)::date, c.relname::text
    FROM pg_inherits i
    JOIN pg_class p ON p.oid = i.inhparent
    JOIN pg_class c ON c.oid = i.inhrelid
    WHERE p.relnamespace = 'pglocks'::regnamespace AND p.relname IN ('lock_stats', 'lock_events') AND c.relname ~ '_\d{8}$'
$$;
REVOKE ALL ON FUNCTION pglocks.day_partitions() FROM PUBLIC;

-- Makes the partition of a day, with the rows of that day that are in the default partition. Most of them move before the default partition is
-- locked; its lock is what keeps a late one from making ATTACH fail. Writers of other days are never held up: ATTACH lets them write.
CREATE FUNCTION pglocks.make_day(parent text, at_column text, day date) RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pglocks, pg_temp
SET lock_timeout = '1s'
AS $$
DECLARE
    name   text := parent || to_char(day, '_YYYYMMDD');
    starts text := quote_literal(day || ' 00:00:00+00');
    ends   text := quote_literal(day + 1 || ' 00:00:00+00');
    move   text := format('WITH moved AS (DELETE FROM pglocks.%I WHERE %I >= %s AND %I < %s RETURNING *) INSERT INTO pglocks.%I SELECT * FROM moved',
                          parent || '_default', at_column, starts, at_column, ends, name);
BEGIN
    EXECUTE format('CREATE TABLE pglocks.%I (LIKE pglocks.%I INCLUDING DEFAULTS)', name, parent);
    EXECUTE move;
    EXECUTE format('LOCK TABLE ONLY pglocks.%I IN SHARE UPDATE EXCLUSIVE MODE', parent);
    EXECUTE format('LOCK TABLE pglocks.%I IN ACCESS EXCLUSIVE MODE', parent || '_default');
    EXECUTE move;
    EXECUTE format('ALTER TABLE pglocks.%I ATTACH PARTITION pglocks.%I FOR VALUES FROM (%s) TO (%s)', parent, name, starts, ends);
END $$;
REVOKE ALL ON FUNCTION pglocks.make_day(text, text, date) FROM PUBLIC;

-- The days from today to a week ahead, and every day that has rows in the default partition. Returns how many were made.
CREATE FUNCTION pglocks.make_days() RETURNS int4
LANGUAGE plpgsql
SET search_path = pg_catalog, pglocks, pg_temp
AS $$
DECLARE
    -- Not joined: of a table of one row that was never analyzed the planner expects thousands, and compiles the statement.
    first   date := pglocks.utc_today() - (SELECT r.drop_after_days FROM pglocks.retention r);
    missing record;
    made    int4 := 0;
BEGIN
    FOR missing IN
        SELECT wanted.parent, CASE wanted.parent WHEN 'lock_stats' THEN 'interval_start' ELSE 'at' END AS at_column, wanted.day
        FROM (SELECT parent, pglocks.utc_today() + ahead AS day FROM unnest(ARRAY['lock_stats', 'lock_events']) AS parent, generate_series(0, 7) AS ahead
              UNION
              SELECT 'lock_stats', (s.interval_start AT TIME ZONE 'UTC')::date FROM pglocks.lock_stats_default s
              UNION
              SELECT 'lock_events', (e.at AT TIME ZONE 'UTC')::date FROM pglocks.lock_events_default e) AS wanted
        WHERE wanted.day BETWEEN first AND pglocks.utc_today() + 7
          AND NOT EXISTS (SELECT FROM pglocks.day_partitions() d WHERE d.parent = wanted.parent AND d.day = wanted.day)
        ORDER BY wanted.day, wanted.parent
    LOOP
        PERFORM pglocks.make_day(missing.parent, missing.at_column, missing.day);
        made := made + 1;
    END LOOP;
    RETURN made;
END $$;
REVOKE ALL ON FUNCTION pglocks.make_days() FROM PUBLIC;
