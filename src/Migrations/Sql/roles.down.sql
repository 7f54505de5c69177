DROP FUNCTION pglocks.grant_roles();

-- A role goes only when nothing depends on it: no member, and no privilege in any other database of the cluster.
DO $$
DECLARE
    role text;
BEGIN
    FOREACH role IN ARRAY ARRAY['pglocks_app', 'pglocks_reader', 'pglocks_admin'] LOOP
        BEGIN
            IF to_regrole(role) IS NULL THEN
                CONTINUE;
            END IF;
            EXECUTE format('ALTER DEFAULT PRIVILEGES IN SCHEMA pglocks REVOKE ALL ON SEQUENCES FROM %I', role);
            EXECUTE format('REVOKE ALL ON ALL FUNCTIONS IN SCHEMA pglocks FROM %I', role);
            EXECUTE format('REVOKE ALL ON ALL SEQUENCES IN SCHEMA pglocks FROM %I', role);
            EXECUTE format('REVOKE ALL ON ALL TABLES IN SCHEMA pglocks FROM %I', role);
            EXECUTE format('REVOKE ALL ON SCHEMA pglocks FROM %I', role);
        EXCEPTION
            WHEN undefined_object THEN
                CONTINUE; -- another database dropped it meanwhile
        END;
        BEGIN
            IF EXISTS (SELECT FROM pg_auth_members m WHERE m.roleid = to_regrole(role)) THEN
                RAISE NOTICE 'role % stays: it has members', role;
            ELSE
                EXECUTE format('DROP ROLE %I', role);
            END IF;
        EXCEPTION
            WHEN dependent_objects_still_exist OR insufficient_privilege OR undefined_object OR internal_error THEN
                RAISE NOTICE 'role % stays: %', role, SQLERRM;
        END;
    END LOOP;
END $$;
