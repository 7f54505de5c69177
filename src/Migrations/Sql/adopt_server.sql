-- Sequences can be rewound: by an asynchronous failover, and by a crash, because draws are committed without waiting for the disk. So the
-- first session on a newer timeline, or after a recovery, moves every slot of its space beyond all that can have been drawn before.
-- After a promotion the move counts as the death of every owner: they may live on beside the old primary. After a recovery it does not,
-- and parity stays: a server that came up just now counts as unclean anyway, and a mere reset of its statistics looks the same from here
-- while owners live on. True when this call did it.
-- Committed synchronously, whatever the session's setting is: it must reach the disk before anybody draws.
-- SECURITY DEFINER: setval needs UPDATE on the sequences, which nobody who only locks should have.
CREATE FUNCTION pglocks.adopt_server(class_id int4) RETURNS boolean
LANGUAGE plpgsql STRICT SECURITY DEFINER
SET search_path = pg_catalog, pglocks, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    server_timeline int8 := pglocks.current_timeline();
    server_recovered timestamptz := pglocks.server_remembers_since();
    space pglocks.spaces;
BEGIN
    SELECT * INTO space FROM pglocks.spaces s WHERE s.class_id = adopt_server.class_id FOR UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'no lock space has the class_id %', adopt_server.class_id USING ERRCODE = 'undefined_object';
    END IF;
    IF pglocks.is_adopted(space) THEN
        RETURN false;
    END IF;
    PERFORM set_config('synchronous_commit', 'local', true);
    PERFORM pglocks.move_slots(space.class_id, space.pool_size, 0, space.timeline >= server_timeline);
    UPDATE pglocks.spaces s
        SET timeline = greatest(s.timeline, server_timeline), recovered_at = server_recovered, generation = s.generation + 1
        WHERE s.class_id = adopt_server.class_id;
    RETURN true;
END $$;
REVOKE ALL ON FUNCTION pglocks.adopt_server(int4) FROM PUBLIC;
