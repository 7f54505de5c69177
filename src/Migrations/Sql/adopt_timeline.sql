-- Advisory locks are not replicated and an asynchronous failover can rewind a sequence: the first instance that starts on a newer timeline
-- moves every slot of its space beyond all that the old primary can have drawn. True when this call did it.
-- SECURITY DEFINER: setval needs UPDATE on the sequences, which nobody who only locks should have.
CREATE FUNCTION pglocks.adopt_timeline(class_id int4) RETURNS boolean
LANGUAGE plpgsql STRICT SECURITY DEFINER
SET search_path = pg_catalog, pglocks, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    server_timeline int8 := pglocks.current_timeline();
    space pglocks.spaces;
BEGIN
    -- Without a lock first: nearly every start finds nothing to do.
    SELECT * INTO space FROM pglocks.spaces s WHERE s.class_id = adopt_timeline.class_id;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'no lock space has the class_id %', adopt_timeline.class_id USING ERRCODE = 'undefined_object';
    END IF;
    IF space.timeline >= server_timeline THEN
        RETURN false;
    END IF;

    SELECT * INTO space FROM pglocks.spaces s WHERE s.class_id = adopt_timeline.class_id FOR UPDATE;
    IF space.timeline >= server_timeline THEN
        RETURN false;
    END IF;
    PERFORM pglocks.move_slots(space.class_id, space.pool_size, 0);
    UPDATE pglocks.spaces s SET timeline = server_timeline, generation = s.generation + 1 WHERE s.class_id = adopt_timeline.class_id;
    RETURN true;
END $$;
REVOKE ALL ON FUNCTION pglocks.adopt_timeline(int4) FROM PUBLIC;
