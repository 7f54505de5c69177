-- One step of what keeps telemetry in shape; returns what it did, NULL when nothing is left to do or another session is at it. To be called until it
-- returns NULL: each call is a transaction, so a run that is interrupted goes on where it was. Locks that writers need are asked for last, and for one
-- second at most: what could not be had is tried again by the next run.
-- Totals are added to while they lack rows that start before lack_before. Adding costs something for every key in use, however few its rows: a run beside
-- writers that never rest has to end.
-- SECURITY DEFINER: partitions belong to the owner of the schema.
CREATE FUNCTION pglocks.maintain(lack_before timestamptz DEFAULT 'infinity') RETURNS text
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pglocks, pg_temp
SET lock_timeout = '1s'
AS $$
DECLARE
    settings pglocks.retention;
    today    date := pglocks.utc_today();
    old      record;
    made     int4;
BEGIN
    -- "PGLMAINT" as one int8: the locks of slots are pairs of int4, which live in another space.
    IF NOT pg_try_advisory_xact_lock(5784676141072207444) THEN
        RETURN NULL;
    END IF;
    SELECT * INTO STRICT settings FROM pglocks.retention;

    BEGIN
        made := pglocks.make_days();
    EXCEPTION
        WHEN lock_not_available THEN
            made := 0; -- the default partition takes the rows meanwhile
    END;
    IF made > 0 THEN
        RETURN format('%s partitions made', made);
    END IF;

    IF pglocks.totals_lack_from() < lack_before AND pglocks.add_totals() THEN
        RETURN format('totals added up to %s', least(pglocks.totals_lack_from(), now()));
    END IF;

    SELECT d.* INTO old FROM pglocks.day_partitions() d WHERE d.day < today - settings.drop_after_days ORDER BY d.day, d.parent LIMIT 1;
    IF FOUND THEN
        EXECUTE format('DROP TABLE pglocks.%I', old.partition);
        RETURN format('%s dropped', old.partition);
    END IF;

    SELECT d.* INTO old FROM pglocks.day_partitions() d
        WHERE d.parent = 'lock_stats' AND d.day < today - settings.rollup_after_days AND NOT EXISTS (SELECT FROM pglocks.rolled_up_days r WHERE r.day = d.day)
        ORDER BY d.day LIMIT 1;
    IF FOUND THEN
        PERFORM pglocks.roll_up_day(old.day);
        RETURN format('%s rolled up to the hour', old.day);
    END IF;

    IF settings.pruned_on IS DISTINCT FROM today THEN
        PERFORM pglocks.prune_totals(pglocks.kept_from());
        ANALYZE pglocks.spaces, pglocks.lock_totals, pglocks.lock_totals_past; -- autovacuum leaves out a table of few rows, and a plan without it goes wrong
        UPDATE pglocks.retention SET pruned_on = today;
        RETURN 'past totals pruned';
    END IF;
    UPDATE pglocks.retention SET maintained_at = now();
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION pglocks.maintain(timestamptz) FROM PUBLIC;
