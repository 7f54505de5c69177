-- Two instances that disagree on the mapping would not exclude each other, so it changes only while no instance is live. A live instance's
-- home session holds pg_advisory_lock_shared(class_id, -1); the exclusive lock here also makes a starting instance wait for this commit.
CREATE FUNCTION pglocks.spaces_guard() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pglocks, pg_temp
AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND (NEW.class_id, NEW.pool_size, NEW.hash_version) = (OLD.class_id, OLD.pool_size, OLD.hash_version) THEN
        RETURN NEW;
    END IF;
    IF NOT pg_try_advisory_xact_lock(OLD.class_id, -1) THEN
        RAISE EXCEPTION 'lock space ''%'' is in use: its mapping cannot change while an instance is live', OLD.name
            USING ERRCODE = 'object_in_use',
                  HINT = 'Stop every process that uses it. Who they are: SELECT * FROM pglocks.instances WHERE closed_at IS NULL;';
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    NEW.generation := OLD.generation + 1;
    RETURN NEW;
END $$;
REVOKE ALL ON FUNCTION pglocks.spaces_guard() FROM PUBLIC;

CREATE TRIGGER spaces_guard BEFORE UPDATE OR DELETE ON pglocks.spaces
    FOR EACH ROW EXECUTE FUNCTION pglocks.spaces_guard();

-- After a change of pool size a key lives in another slot. Its fencing token must go on growing there, so every slot moves above
-- the highest number of them all; and the registry learns the new slot.
CREATE FUNCTION pglocks.spaces_remap() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pglocks, pg_temp
AS $$
DECLARE
    highest int8;
BEGIN
    SELECT max(pg_sequence_last_value(format('pglocks.slot_%s_%s', OLD.class_id, slot)::regclass)) INTO highest
    FROM generate_series(0, OLD.pool_size - 1) AS slot;
    PERFORM pglocks.move_slots(NEW.class_id, NEW.pool_size, coalesce(highest, 0), false);

    UPDATE pglocks.position_keys k
    SET class_id = NEW.class_id, slot = pglocks.slot_in_pool(m.hotkey || ':' || k.trade_pair_id, NEW.pool_size)
    FROM pglocks.miners m
    WHERE k.class_id = OLD.class_id AND m.miner_id = k.miner_id;
    -- What was counted by slot tells nothing about the new slots.
    DELETE FROM pglocks.lock_totals WHERE dimension = 'slot' AND number >> 16 = OLD.class_id;
    DELETE FROM pglocks.lock_totals_past WHERE dimension = 'slot' AND number >> 16 = OLD.class_id;
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION pglocks.spaces_remap() FROM PUBLIC;

-- Named to fire after spaces_add_slots: triggers of one event fire in the order of their names.
CREATE TRIGGER spaces_remap AFTER UPDATE OF class_id, pool_size ON pglocks.spaces
    FOR EACH ROW WHEN ((OLD.class_id, OLD.pool_size) <> (NEW.class_id, NEW.pool_size)) EXECUTE FUNCTION pglocks.spaces_remap();
