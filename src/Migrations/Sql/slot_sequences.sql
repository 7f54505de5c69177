-- Every slot has a sequence of its own, because nextval is neither transactional nor a row: a draw costs microseconds and survives rollback.
-- CACHE 1: parity and order would be lost with numbers cached in sessions.
-- SECURITY DEFINER: the sequences must belong to the owner of the schema, whoever inserts the space, or adopt_server could not move them.
CREATE FUNCTION pglocks.spaces_add_slots() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pglocks, pg_temp
AS $$
BEGIN
    FOR slot IN 0 .. NEW.pool_size LOOP
        IF to_regclass(format('pglocks.slot_%s_%s', NEW.class_id, slot)) IS NULL THEN
            EXECUTE format('CREATE SEQUENCE pglocks.slot_%s_%s AS bigint START 1 MINVALUE 1 CACHE 1 NO CYCLE', NEW.class_id, slot);
        END IF;
    END LOOP;
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION pglocks.spaces_add_slots() FROM PUBLIC;

CREATE TRIGGER spaces_add_slots AFTER INSERT OR UPDATE OF class_id, pool_size ON pglocks.spaces
    FOR EACH ROW EXECUTE FUNCTION pglocks.spaces_add_slots();

-- Moves every slot forward by 2^20, from at least least_value: what was drawn until now can neither be drawn again nor be compared wrongly.
-- Clean: parity stays, so that an owner that lives (its server's statistics were reset, no more) is still seen to die. Else to an odd
-- number: the next gain draws an even one, which tells it to wait for the lock delay.
CREATE FUNCTION pglocks.move_slots(class_id int4, pool_size int4, least_value int8, clean boolean) RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pglocks, pg_temp
AS $$
DECLARE
    sequence regclass;
    newest int8;
    target int8;
BEGIN
    FOR slot IN 0 .. pool_size LOOP
        sequence := format('pglocks.slot_%s_%s', class_id, slot)::regclass;
        newest := coalesce(pg_sequence_last_value(sequence), 0);
        target := (greatest(newest, least_value) + (1 << 20)) | 1;
        PERFORM setval(sequence, CASE WHEN clean AND newest % 2 = 0 THEN target + 1 ELSE target END);
    END LOOP;
END $$;
REVOKE ALL ON FUNCTION pglocks.move_slots(int4, int4, int8, boolean) FROM PUBLIC;

-- Since when the server has its memory. A crash of the server or of one backend loses it, and with it draws that had not reached the disk; a restart
-- in good order does not. Good for one question only: is it the same as before? How long ago it was, a clock that was set may tell wrongly.
CREATE FUNCTION pglocks.server_remembers_since() RETURNS timestamptz
LANGUAGE sql STABLE
SET search_path = pg_catalog, pglocks, pg_temp
AS $$
    SELECT w.stats_reset FROM pg_stat_wal w
$$;
REVOKE ALL ON FUNCTION pglocks.server_remembers_since() FROM PUBLIC;

-- When the server last lost its locks. A restart in place after the crash of one backend leaves pg_postmaster_start_time() as it was, but
-- resets the statistics; a reset by hand only makes this too late, which is the safe side.
CREATE FUNCTION pglocks.server_recovered_at() RETURNS timestamptz
LANGUAGE sql STABLE
SET search_path = pg_catalog, pglocks, pg_temp
AS $$
    SELECT greatest(pg_postmaster_start_time(), (SELECT w.stats_reset FROM pg_stat_wal w))
$$;
REVOKE ALL ON FUNCTION pglocks.server_recovered_at() FROM PUBLIC;

ALTER TABLE pglocks.spaces ALTER COLUMN recovered_at SET DEFAULT pglocks.server_remembers_since();

CREATE FUNCTION pglocks.current_timeline() RETURNS int8
LANGUAGE sql STABLE
SET search_path = pg_catalog, pglocks, pg_temp
AS $$
    -- Not pg_control_checkpoint(): it lags behind a promotion until the next checkpoint.
    SELECT ('x' || lpad(left(pg_walfile_name(pg_current_wal_lsn()), 8), 16, '0'))::bit(64)::int8
$$;
REVOKE ALL ON FUNCTION pglocks.current_timeline() FROM PUBLIC;

-- Whether the space has been moved beyond what this server can have lost: before that nobody draws. See adopt_server.
CREATE FUNCTION pglocks.is_adopted(space pglocks.spaces) RETURNS boolean
LANGUAGE sql STABLE
SET search_path = pg_catalog, pglocks, pg_temp
AS $$
    SELECT space.timeline >= pglocks.current_timeline() AND space.recovered_at IS NOT DISTINCT FROM pglocks.server_remembers_since()
$$;
REVOKE ALL ON FUNCTION pglocks.is_adopted(pglocks.spaces) FROM PUBLIC;

INSERT INTO pglocks.spaces (name, class_id, pool_size, timeline)
VALUES ('default', 1346849792 /* 0x50474C00, 'PGL' */, 256, pglocks.current_timeline());
