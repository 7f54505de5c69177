-- Past totals: of days before yesterday's eve only the last row a day; of times before the kept window only the last row, which is what it starts from.
CREATE FUNCTION pglocks.prune_totals(kept_from timestamptz) RETURNS void
LANGUAGE sql
SET search_path = pg_catalog, pglocks, pg_temp
AS $$
    DELETE FROM pglocks.lock_totals WHERE at < kept_from;
    DELETE FROM pglocks.lock_totals_past p
    WHERE NOT EXISTS (SELECT FROM pglocks.lock_totals t WHERE (t.dimension, t.number, t.instance_id) = (p.dimension, p.number, p.instance_id));
    DELETE FROM pglocks.lock_totals_past p
    WHERE p.at < date_trunc('day', now(), 'UTC') - interval '2 days'
      AND EXISTS (
        SELECT FROM pglocks.lock_totals_past q
        WHERE (q.dimension, q.number, q.instance_id) = (p.dimension, p.number, p.instance_id)
          AND q.at > p.at AND (q.at < kept_from OR q.at < date_trunc('day', p.at, 'UTC') + interval '1 day'));
    DELETE FROM pglocks.rolled_up_days WHERE day < (kept_from AT TIME ZONE 'UTC')::date;
    DELETE FROM pglocks.lock_stats_default WHERE interval_start < kept_from;
    DELETE FROM pglocks.lock_events_default WHERE at < kept_from;
$$;
REVOKE ALL ON FUNCTION pglocks.prune_totals(timestamptz) FROM PUBLIC;

-- The start of the oldest day that is kept.
CREATE FUNCTION pglocks.kept_from() RETURNS timestamptz
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pglocks, pg_temp
AS $$ SELECT (pglocks.utc_today() - drop_after_days)::timestamp AT TIME ZONE 'UTC' FROM pglocks.retention $$;
REVOKE ALL ON FUNCTION pglocks.kept_from() FROM PUBLIC;
