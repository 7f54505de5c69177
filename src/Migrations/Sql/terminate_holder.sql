-- The only way a non-superuser ends a session that holds a slot. pg_signal_backend would let its member end any backend of any role; here the
-- caller must name the very session (a pid alone may have been given to another one meanwhile) and a slot that it really holds.
-- SECURITY DEFINER for pg_terminate_backend: the owner needs pg_signal_backend and pg_read_all_stats, or membership in the holder's role.
CREATE FUNCTION pglocks.terminate_holder(pid int4, backend_start timestamptz, slot int4, space text DEFAULT 'default') RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pglocks, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    lock_class int4;
    session record;
    terminated boolean;
BEGIN
    SELECT s.class_id INTO lock_class FROM pglocks.spaces s WHERE s.name = terminate_holder.space;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'lock space ''%'' does not exist', terminate_holder.space USING ERRCODE = 'undefined_object';
    END IF;

    SELECT a.backend_start, a.usename, a.application_name, r.instance_id INTO session
    FROM pg_stat_activity a
    LEFT JOIN pglocks.sessions r ON r.backend_pid = a.pid AND r.backend_start = a.backend_start
    WHERE a.pid = terminate_holder.pid;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'no session has the pid %', terminate_holder.pid
            USING ERRCODE = 'undefined_object', HINT = 'It has ended meanwhile: look again at pglocks.current_holders.';
    END IF;
    IF session.backend_start IS NULL THEN
        RAISE EXCEPTION 'the identity of session % is hidden from the owner of this function', terminate_holder.pid
            USING ERRCODE = 'insufficient_privilege',
                  HINT = format('As a superuser: GRANT pg_read_all_stats, pg_signal_backend TO %I;', current_user);
    END IF;
    IF session.backend_start IS DISTINCT FROM terminate_holder.backend_start THEN
        RAISE EXCEPTION 'session % is another one: it started at %', terminate_holder.pid, session.backend_start
            USING ERRCODE = 'object_not_in_prerequisite_state', HINT = 'Look again at pglocks.current_holders.';
    END IF;
    IF NOT EXISTS (
        SELECT FROM pg_locks l
        WHERE l.locktype = 'advisory' AND l.objsubid = 2 AND l.granted AND l.pid = terminate_holder.pid
          AND l.classid = lock_class::oid AND l.objid = terminate_holder.slot::oid
          AND l.database = (SELECT d.oid FROM pg_database d WHERE d.datname = current_database())) THEN
        RAISE EXCEPTION 'session % does not hold slot % of space ''%''', terminate_holder.pid, terminate_holder.slot, terminate_holder.space
            USING ERRCODE = 'object_not_in_prerequisite_state', HINT = 'Look again at pglocks.current_holders.';
    END IF;

    terminated := pg_terminate_backend(terminate_holder.pid);
    INSERT INTO pglocks.lock_events (at, kind, class_id, slot, instance_id, data)
    VALUES (clock_timestamp(), 'terminate', lock_class, terminate_holder.slot, session.instance_id,
            jsonb_build_object('by', session_user, 'backend_pid', terminate_holder.pid, 'backend_start', session.backend_start,
                               'user', session.usename, 'application', session.application_name, 'terminated', terminated));
    RETURN terminated;
END $$;
REVOKE ALL ON FUNCTION pglocks.terminate_holder(int4, timestamptz, int4, text) FROM PUBLIC;
